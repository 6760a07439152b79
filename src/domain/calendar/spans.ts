import type { SettlementCycle } from './trading-days';

/** A length of time: milliseconds, or trading days of the order's market (same time of day). */
export type Span = { ms: number } | { tradingDays: number };

/** When executions are expected to settle. */
export interface SettlementPolicy {
  /** Trading days from trade to settlement, by trade date. */
  cycles: SettlementCycle[];
  /** Wall clock time at the market at which a settlement day ends. */
  time: string;
  /** Time from the end of the settlement day until the order needs attention. */
  attentionAfter: Span;
}
