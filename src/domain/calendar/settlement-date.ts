/** Due times by the market calendar of an order. */
import {
  addTradingDays,
  instantAt,
  laterByTradingDays,
  localDate,
  marketOf,
  settlementDays,
  type Market,
} from './trading-days';
import { executionLifecycle, isTerminal } from '../broker/status-tables';
import type { SettlementPolicy, Span } from './spans';
import { executionsOf, type Execution, type PortfolioOrderRecord } from '../broker/record';

/** Milliseconds since the epoch; `uncovered` when the calendar does not cover the date or the market. */
export type Due = number | 'uncovered';

/** `from` plus a span of time or of trading days of the currency's market. Without a currency, EUR is assumed. */
export function laterBy(currency: string | undefined, from: number, span: Span): Due {
  if ('ms' in span) return from + span.ms;
  const market = marketOf(currency ?? 'EUR');
  return (market && laterByTradingDays(market, from, span.tradingDays)) ?? 'uncovered';
}

/**
 * The end of the latest settlement day of the executions that are not settled: the broker's settlement date, else
 * calculated from the trade date. Never used as evidence that anything has settled
 * (references/upvest.md#known-inconsistencies no. 20).
 */
export function settlementDue(record: PortfolioOrderRecord, { cycles, time }: SettlementPolicy): Due {
  const market = marketOf(record.currency ?? 'EUR');
  if (market === undefined) return 'uncovered';
  const open = executionsOf(record).filter((one) => !isTerminal(executionLifecycle, one.status));
  const dates = open.map((one) => one.settlementDate ?? calculated(market, one, cycles));
  let last = '';
  for (const date of dates) {
    if (date === undefined) return 'uncovered';
    if (date > last) last = date;
  }
  const due = instantAt(market, last, time);
  return Number.isNaN(due) ? 'uncovered' : due;
}

function calculated(
  market: Market,
  { transactionTime, reached }: Execution,
  cycles: SettlementPolicy['cycles'],
): string | undefined {
  const traded = Date.parse(transactionTime ?? reached.FILLED?.at ?? '');
  if (Number.isNaN(traded)) return undefined;
  const date = localDate(market, traded);
  return addTradingDays(market, date, settlementDays(cycles, date));
}
