/**
 * Everything known about one portfolio order, as plain JSON: part of the continue-as-new input and of the workflow's result.
 * An order can have 500 children and more, so the shape is compact: a record of 500 settled children must stay below
 * 512 KiB.
 *
 * Newer code reads records that older code wrote: new members are optional, and their absence needs a meaning.
 */
import {
  documentedPredecessor,
  isKnown,
  transitionRule,
  type ExecutionStatus,
  type Lifecycle,
  type OrderStatus,
  type PortfolioOrderStatus,
} from './status-tables';

/** The observation that caused a change of the record. */
export interface Cause {
  /** Time at the broker, ISO 8601 UTC with milliseconds. */
  at: string;
  /** `webhook`, `poll` or `placement`: reported for this object itself; `snapshot`: seen inside another object. */
  by: 'webhook' | 'poll' | 'placement' | 'snapshot';
  /** Upvest's webhook event id. */
  eventId?: string;
}

/** A cause as it is stored: `by` is absent for a webhook where {@link StatusEvidence} omits it. */
export type StoredCause = Omit<Cause, 'by'> & { by?: Cause['by'] };

/** First evidence that a status was reached. The first direct evidence replaces evidence from a snapshot. */
export interface StatusEvidence extends StoredCause {
  /** Upvest's webhook id; for children and executions only where it differs from the record's. */
  webhookId?: string;
  /** `updated_at` of the object, where that is later than `at`. */
  updatedAt?: string;
  /**
   * Status before this one was first observed, or START. Absent where that was the documented predecessor, and in records
   * of older code.
   */
  from?: string;
}

/**
 * How a status was reported. Nearly all evidence of children and executions comes from webhooks, and 500 children have 2,500
 * of it, so `webhook` is not stored there. Records of older code store it.
 */
export function sourceOf({ by = 'webhook' }: Pick<StoredCause, 'by'>): Cause['by'] {
  return by;
}

export type StatusHistory<S extends string> = Partial<Record<S, StatusEvidence>>;

/** Common members of portfolio orders, orders and executions. */
export interface Entity<S extends string> {
  status?: S;
  reached: StatusHistory<S>;
  /** Statuses that the tables do not know, as sent; sorted, without duplicates. */
  unknownStatuses?: string[];
  /** First observation of each unknown status, in order of arrival. */
  unknownSeen?: (Cause & { status: string })[];
  /** Names of fields whose value was not a valid time; sorted, without duplicates. */
  unreadableTimes?: string[];
  /** First observation of one of them. */
  unreadableSeen?: Cause;
}

/** Common members of portfolio orders and orders, whose snapshots carry the time of their last change. */
export interface SnapshotEntity<S extends string> extends Entity<S> {
  /** `updated_at` of the newest snapshot. */
  updatedAt?: string;
  /** Times of facts that are older than `updatedAt`, by field; see `field-merge.ts`. */
  fieldTimes?: Record<string, string>;
  /** Status of the newest snapshot that has a time and a known status. */
  snapshot?: S;
  /** Set when an older snapshot showed a status that ranks above `snapshot`: that status, and the newest snapshot. */
  statusRegression?: { from: S; cause: Cause };
}

/**
 * The rebalancing order that created the portfolio order, as far as events reported it
 * (references/upvest.md#rebalancing).
 */
export interface RebalancingOrder {
  id: string;
  executionId?: string;
  /** All statuses as sent; sorted, without duplicates. Informational. */
  statuses: string[];
  /** Earliest report of each status, in order of time; absent in records of older code. */
  seen?: (Cause & { status: string })[];
  cancellationReason?: string;
  cancellationDetails?: string;
}

export interface Execution extends Entity<ExecutionStatus> {
  id: string;
  side?: string;
  cashAmount: string;
  currency: string;
  shareQuantity: string;
  price: string;
  taxes?: string;
  transactionTime?: string;
  settlementDate?: string;
  /**
   * True until a snapshot that shows its order FILLED lists it. As long as there is such an execution, reports of others
   * may be missing, too.
   */
  unlisted?: true;
  /** Time of the newest report, where it differs from the newest status evidence; see `execution-merge.ts`. */
  reportedAt?: string;
  /** Times of facts that are older than `reportedAt`, by field. */
  fieldTimes?: Record<string, string>;
}

/** One refusal of the broker to cancel a child. */
export interface CancellationRefused {
  at: string;
  reason?: string;
  by?: Cause['by'];
  eventId?: string;
}

export interface ChildOrder extends SnapshotEntity<OrderStatus> {
  id: string;
  /** 1, 2, 3 … in order of first observation; never reused. */
  number: number;
  side?: string;
  instrumentId?: string;
  cashAmount?: string;
  quantity?: string;
  currency?: string;
  /** Fee in `currency`, decimal string; absent until known, and in records of older code. */
  fee?: string;
  /** Names of amounts that were reported, and were no decimal numbers; sorted, without duplicates. */
  unreadableAmounts?: string[];
  /** First observation of one of them. */
  unreadableAmountSeen?: Cause;
  cancellationReason?: string;
  /** The earliest refusal to cancel it. */
  cancellationRefused?: CancellationRefused;
  /** Later refusals, in order; absent for none. */
  furtherRefusals?: CancellationRefused[];
  executions: Execution[];
}

/** All values reported so far of each term that has had several, in one spelling, sorted. */
export type ChangedTerms = Partial<
  Record<'accountId' | 'cashAmount' | 'currency' | 'type' | 'postTax', string[]>
> & {
  /** The observation that reported the first of them. */
  seen?: Cause;
};

export interface PortfolioOrderRecord extends SnapshotEntity<PortfolioOrderStatus> {
  portfolioOrderId: string;
  accountId?: string;
  cashAmount?: string;
  currency?: string;
  type?: string;
  postTax?: boolean;
  initiationFlow?: string;
  allocationId?: string;
  clientReference?: string;
  createdAt?: string;
  /** Values of terms that the broker reported differently; see `terms.ts`. */
  changedTerms?: ChangedTerms;
  cancellationReason?: string;
  cancellationDetails?: string;
  /** Earliest time at which the broker reported the portfolio order as SETTLED or CANCELLED. */
  endedAt?: string;
  /** The child with the latest reported time of creation. */
  youngestOrder?: { id: string; createdAt: string; cause: Cause };
  orders: ChildOrder[];
  /** Sorted by id; absent where no rebalancing event named the order. */
  rebalancing?: RebalancingOrder[];
  /** Upvest's id of the webhook that reported the order first; nearly all later events come from the same one. */
  webhookId?: string;
}

/** Webhook id of a status's evidence; records of older code have it for the portfolio order only. */
export function webhookIdOf(
  { webhookId }: PortfolioOrderRecord,
  evidence: StatusEvidence,
): string | undefined {
  return evidence.webhookId ?? (evidence.eventId === undefined ? undefined : webhookId);
}

/** A record with nothing but the id. */
export function emptyRecord(portfolioOrderId: string): PortfolioOrderRecord {
  return { portfolioOrderId, reached: {}, orders: [] };
}

/** All refusals to cancel a child, in order. */
export function refusalsOf({ cancellationRefused, furtherRefusals = [] }: ChildOrder): CancellationRefused[] {
  return cancellationRefused === undefined ? [] : [cancellationRefused, ...furtherRefusals];
}

/**
 * Children and executions of one portfolio order that are tracked. Ten times the largest portfolio that we have heard of; with
 * more, the answer to a query of the order could exceed what the engine takes.
 */
export const MAX_PARTS = 4000;

/** Number of children and executions. */
export function partsOf({ orders }: PortfolioOrderRecord): number {
  return orders.reduce((sum, { executions }) => sum + executions.length, orders.length);
}

/** All executions, in order of the children. */
export function executionsOf(record: PortfolioOrderRecord): Execution[] {
  return record.orders.flatMap((order) => order.executions);
}

/**
 * Id of the transition rule by which a status was reached. Records of older code lack `from`; for them it is the rule of
 * the documented transition.
 */
export function ruleOf<S extends string>(
  lifecycle: Lifecycle<S>,
  status: S,
  { from }: StatusEvidence,
): string {
  const before = from ?? documentedPredecessor(lifecycle, status);
  return transitionRule(lifecycle, isKnown(lifecycle, before) ? before : undefined, status).id;
}
