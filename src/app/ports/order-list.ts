/** The list of orders as the records database answers it. */
import type { PartnerTrouble } from '../../domain/views/partner-trouble';

/** Phases that a row may have; REFUSED and NOT_PLACED ended without an order. */
export type ListedPhase =
  'PLACING' | 'NOT_STARTED' | 'HANDING_OVER' | 'UNKNOWN' | 'REFUSED' | 'NOT_PLACED' | 'TRACKED' | 'FINISHED';

/** An order in the list. Times are ISO 8601 UTC, amounts decimal strings. */
export interface OrderSummary {
  reference?: string;
  /** Absent while Upvest has no order. */
  portfolioOrderId?: string;
  phase: ListedPhase;
  /** Upvest's status. */
  status?: string;
  type?: string;
  accountId?: string;
  /** The amount ordered. */
  cashAmount?: string;
  currency?: string;
  /** Codes of its attentions, sorted. */
  attention: string[];
  /** The partners that fail for this order; absent while all goes well. */
  troubles?: PartnerTrouble[];
  /** When a partner that fails is called next. */
  nextTryAt?: string;
  waitingFor?: string;
  /** Why nothing is sent to ESW. */
  held?: string;
  /** Absent while Upvest has no order. */
  progress?: { orders: number; final: number; executions: number; settled: number; cancelled: number };
  /** In the order's currency, both sides together. Absent while Upvest has no order. */
  totals?: { executed: string; settled: string; fees: string; taxes: string };
  /** Events that ESW has not answered for, and when Upvest reported the oldest; absent without any. */
  pending?: { events: number; since?: string };
  settlementDue?: string;
  openedAt: string;
  /** When a report, an answer or a decision last changed it. */
  changedAt: string;
  /** When Upvest reported it as SETTLED. */
  settledAt?: string;
  /** When it finished. */
  closedAt?: string;
  /** True when the workflow was terminated or failed. */
  interrupted?: true;
}

/** Names of orders whose workflow was terminated or failed. */
export interface InterruptedOrders {
  portfolioOrderIds: readonly string[];
  /** Of placements without an order. */
  references: readonly string[];
}

/** Times that can be filtered by, and their columns. */
export const LISTED_TIMES = ['opened', 'changed', 'settled', 'finished'] as const;
export type ListedTime = (typeof LISTED_TIMES)[number];

/** Phases that can be filtered by. */
export const LISTED_PHASES = ['PLACING', 'UNKNOWN', 'REFUSED', 'TRACKED', 'FINISHED'] as const;

/** The filters are combined with AND. */
export interface OrderFilter {
  status?: string;
  accountId?: string;
  /** A code, or `any`. */
  attention?: string;
  reference?: string;
  type?: string;
  /** `REFUSED` includes NOT_PLACED, `PLACING` includes HANDING_OVER and NOT_STARTED. */
  phase?: (typeof LISTED_PHASES)[number];
  /** False for orders that finished and placements that ended without an order. */
  open?: boolean;
  /** Decimal strings, both included. */
  amount?: { from?: string; to?: string };
  /** Instants in ISO 8601, the first one included. */
  times?: Partial<Record<ListedTime, { from?: string; to?: string }>>;
  /** The beginning of a reference, or all of an id: of the order, of one of its children, or of the account. */
  search?: string;
  /** Only these; with `attention: 'any'`, these as well. */
  interrupted?: InterruptedOrders;
}

export const SORT_KEYS = [...LISTED_TIMES, 'amount'] as const;

export interface OrderSort {
  by: (typeof SORT_KEYS)[number];
  direction: 'asc' | 'desc';
}

export interface OrderPage {
  orders: OrderSummary[];
  /** Position of the next page; absent after the last one. */
  next?: string;
}

export interface PagePart {
  limit: number;
  /** `next` of the page before, of the same filter and sort. */
  cursor?: string;
}

/** Thrown for a position that no page had. */
export class UnreadablePosition extends Error {
  override readonly name = 'UnreadablePosition';
}

/** Every method throws RecordsUnavailable. */
export interface OrderIndex {
  /**
   * Without `sort`: by the time or the search that filters; else open orders, newest first, then finished ones, most recently
   * finished first. Orders without the value that sorts come last, newest first.
   *
   * @throws UnreadablePosition
   */
  page(filter: OrderFilter, sort: OrderSort | undefined, part: PagePart): Promise<OrderPage>;
  count(filter: OrderFilter): Promise<number>;
}
