/** The row of an order in the records database: what lists, searches and reports need. */

/** Amounts of one currency and side. Decimal strings. */
export interface SumRow {
  /** BUY, SELL or another value of the broker; absent where unknown. */
  side?: string;
  currency: string;
  executed: string;
  settled: string;
  fees: string;
  taxes: string;
}

/** Times are ISO 8601 UTC, amounts decimal strings. */
export interface OrderRow {
  portfolioOrderId: string;
  reference?: string;
  phase: 'TRACKED' | 'FINISHED';
  origin: 'placed' | 'adopted' | 'open';
  status?: string;
  type?: string;
  accountId?: string;
  currency?: string;
  postTax?: boolean;
  /** Amounts in the order's currency, both sides together. */
  totals: { ordered?: string; executed: string; settled: string; fees: string; taxes: string };
  sums: SumRow[];
  attention: string[];
  waitingFor: string;
  held?: string;
  children: number;
  childrenFinal: number;
  executions: number;
  executionsSettled: number;
  executionsCancelled: number;
  openedAt: string;
  /** When a report, an answer or a decision last changed it. */
  changedAt: string;
  settlementDue?: string;
  /** When Upvest reported the portfolio order as SETTLED. */
  settledAt?: string;
  pendingEvents: number;
  pendingSince?: string;
  upvest?: { error: string; since: string };
  esw?: { error: string; since: string };
  /** When a partner that failed is called next. */
  nextTryAt?: string;
}
