/** When something is due on the market of an order. */
import {
  addTradingDays,
  instantAt,
  laterByTradingDays,
  localDate,
  marketOf,
  settlementDays,
  type Market,
} from './calendar';
import { executionLifecycle, isTerminal } from './lifecycle';
import type { DeadlinePolicies, Span } from './policies';
import { executionsOf, type ExecutionRow, type PortfolioOrderRecord } from './record';

/** Milliseconds since the epoch, or that the calendar does not reach so far or does not know the market. */
export type Due = number | 'uncovered';

/** A span of trading days of the currency's market, or just of time. An order without a currency is taken as EUR. */
export function laterBy(currency: string | undefined, from: number, span: Span): Due {
  if ('ms' in span) return from + span.ms;
  const market = marketOf(currency ?? 'EUR');
  return (market && laterByTradingDays(market, from, span.tradingDays)) ?? 'uncovered';
}

/**
 * The end of the last settlement day among the executions that are not settled. A date that the broker gave wins; else
 * it follows from the trade date. Never taken as proof that anything has settled (`upvest.md` 6 no. 20).
 */
export function settlementDue(
  record: PortfolioOrderRecord,
  { cycles, time }: DeadlinePolicies['settlement'],
): Due {
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
  { transactionTime, reached }: ExecutionRow,
  cycles: DeadlinePolicies['settlement']['cycles'],
): string | undefined {
  const traded = Date.parse(transactionTime ?? reached.FILLED?.at ?? '');
  if (Number.isNaN(traded)) return undefined;
  const date = localDate(market, traded);
  return addTradingDays(market, date, settlementDays(cycles, date));
}
