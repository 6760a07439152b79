/** Due times by the market calendar of an order. */
import {
  addTradingDays,
  instantAt,
  laterByTradingDays,
  localDate,
  marketOf,
  settlementDays,
  type CalendarSource,
  type Market,
} from './trading-days';
import { offsetAt, type TradingCalendar } from './trading-calendar';
import { laterByTradingTime, type TradingHours } from './trading-hours';
import { executionLifecycle, isTerminal } from '../broker/status-tables';
import type { SettlementPolicy, Span } from './spans';
import { executionsOf, type Execution, type PortfolioOrderRecord } from '../broker/record';

/** Milliseconds since the epoch; `uncovered` when the calendar does not cover the date or the market. */
export type Due = number | 'uncovered';

/** The source that the order's own calendar is; orders of earlier releases have none. */
function sourceOf(calendar: TradingCalendar | undefined): CalendarSource {
  if (calendar === undefined) return {};
  return {
    closedDays: calendar.closedDays,
    offsetAt: (market, instant) => offsetAt(calendar, market, instant),
  };
}

/** `from` plus a span of time or of trading days of the currency's market. Without a currency, EUR is assumed. */
export function laterBy(
  currency: string | undefined,
  from: number,
  span: Span,
  calendar?: TradingCalendar,
): Due {
  if ('ms' in span) return from + span.ms;
  const market = marketOf(currency ?? 'EUR');
  return (market && laterByTradingDays(market, from, span.tradingDays, sourceOf(calendar))) ?? 'uncovered';
}

/** `from` plus so much trading time of the currency's market. Without a currency, EUR is assumed. */
export function laterInTradingTime(
  currency: string | undefined,
  from: number,
  tradingMs: number,
  hours: TradingHours,
  calendar?: TradingCalendar,
): Due {
  const market = marketOf(currency ?? 'EUR');
  return (market && laterByTradingTime(market, from, tradingMs, hours, sourceOf(calendar))) ?? 'uncovered';
}

/**
 * The end of the latest settlement day of the executions that are not settled: the broker's settlement date, else
 * calculated from the trade date. Never used as evidence that anything has settled
 * (references/upvest.md#known-inconsistencies no. 20).
 */
export function settlementDue(
  record: PortfolioOrderRecord,
  { cycles, time }: SettlementPolicy,
  calendar?: TradingCalendar,
): Due {
  const source = sourceOf(calendar);
  const market = marketOf(record.currency ?? 'EUR');
  if (market === undefined) return 'uncovered';
  const open = executionsOf(record).filter((one) => !isTerminal(executionLifecycle, one.status));
  const dates = open.map((one) => one.settlementDate ?? calculated(market, one, cycles, source));
  let last = '';
  for (const date of dates) {
    if (date === undefined) return 'uncovered';
    if (date > last) last = date;
  }
  const due = instantAt(market, last, time, source.offsetAt);
  return Number.isNaN(due) ? 'uncovered' : due;
}

function calculated(
  market: Market,
  { transactionTime, reached }: Execution,
  cycles: SettlementPolicy['cycles'],
  { closedDays, offsetAt: offset }: CalendarSource,
): string | undefined {
  const traded = Date.parse(transactionTime ?? reached.FILLED?.at ?? '');
  if (Number.isNaN(traded)) return undefined;
  const date = localDate(market, traded, offset);
  return addTradingDays(market, date, settlementDays(cycles, date), closedDays);
}
