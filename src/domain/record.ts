/**
 * Everything known about one portfolio order, as plain JSON: it rides along in continue-as-new and is the workflow's
 * result. Children are rows, 500 and more of them, so the shape is lean: a record of 500 settled children has to stay
 * below 512 KiB.
 *
 * Records that older code wrote are read by newer code. Members are added as optional ones, and their absence has to mean
 * something for such a record.
 */
import {
  documentedPredecessor,
  isKnown,
  stepBetween,
  type ExecutionStatus,
  type Lifecycle,
  type OrderStatus,
  type PortfolioOrderStatus,
} from './lifecycle';

/** The observation behind something that the record knows. */
export interface Cause {
  /** Time at the broker, ISO 8601 UTC with milliseconds. */
  at: string;
  /** `webhook`, `poll` or `placement`: a statement about this very thing; `snapshot`: only seen inside another one. */
  by: 'webhook' | 'poll' | 'placement' | 'snapshot';
  /** Upvest's webhook event id. */
  eventId?: string;
}

/** The first proof that a status was reached; one that is a mere snapshot gives way to the first direct one. */
export interface Reached extends Cause {
  /** Upvest's webhook id; of children and executions only where it is another one than the record's. */
  webhookId?: string;
  /** `updated_at` of the object, where that is later than `at`. */
  updatedAt?: string;
  /**
   * The status at which the row stood when this one was first proved, or START. Absent where that was the documented
   * predecessor, as it mostly is; records of older code lack it altogether.
   */
  from?: string;
}

export type ReachedStatuses<S extends string> = Partial<Record<S, Reached>>;

/** What portfolio order, order and execution rows have in common. */
export interface Row<S extends string> {
  status?: S;
  reached: ReachedStatuses<S>;
  /** Status words that the tables do not know, as sent; sorted, without repetition. */
  unknownStatuses?: string[];
  /** The first sighting of each of those words, in order of sight. */
  unknownSeen?: (Cause & { word: string })[];
  /** Fields that came as times nobody can read; sorted, without repetition. */
  unreadableTimes?: string[];
  /** The first sighting of one of them. */
  unreadableSeen?: Cause;
}

/** What portfolio orders and orders have in common: objects that carry a time of their last change. */
export interface SnapshotRow<S extends string> extends Row<S> {
  /** `updated_at` of the newest snapshot. */
  updatedAt?: string;
  /** Times of those facts that are older than `updatedAt`, by field; see `facts.ts`. */
  older?: Record<string, string>;
  /** Status of the newest snapshot that has a time and a status we know. */
  shown?: S;
  /**
   * Where an older snapshot showed a status that ranks above `shown`: that status, and the newest snapshot.
   */
  regression?: { from: S; cause: Cause };
}

/** The rebalancing that made the portfolio order, as far as events told of it (`upvest.md` 3.6). */
export interface RebalancingRow {
  id: string;
  executionId?: string;
  /** Words as sent; sorted, without repetition: none of them decides anything. */
  statuses: string[];
  cancellationReason?: string;
  cancellationDetails?: string;
}

export interface ExecutionRow extends Row<ExecutionStatus> {
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
   * True until a snapshot has listed it that showed its order FILLED. While there is such a one, others may be on their
   * way, too.
   */
  unlisted?: true;
  /** When the newest facts were told, where that was not with the newest proof; see `executions.ts`. */
  toldAt?: string;
  /** Times of those facts that are older than `toldAt`, by field. */
  older?: Record<string, string>;
}

/** The broker's refusal to cancel a child: the earliest, where there are several. */
export interface CancellationRefused {
  at: string;
  reason?: string;
  by?: Cause['by'];
  eventId?: string;
}

export interface OrderRow extends SnapshotRow<OrderStatus> {
  id: string;
  /** 1, 2, 3 … in order of first sight; never given to another child. */
  number: number;
  side?: string;
  instrumentId?: string;
  cashAmount?: string;
  quantity?: string;
  currency?: string;
  cancellationReason?: string;
  cancellationRefused?: CancellationRefused;
  executions: ExecutionRow[];
}

export interface PortfolioOrderRecord extends SnapshotRow<PortfolioOrderStatus> {
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
  cancellationReason?: string;
  cancellationDetails?: string;
  /** The earliest time at which the broker said that the portfolio order was SETTLED or CANCELLED. */
  endedAt?: string;
  /** The child that was created last, as far as children said when they were created. */
  youngestOrder?: { id: string; createdAt: string; cause: Cause };
  orders: OrderRow[];
  /** Sorted by id; absent where no rebalancing spoke of the order. */
  rebalancing?: RebalancingRow[];
  /** Upvest's id of the webhook that told of the order first, and nearly always of all the rest. */
  webhookId?: string;
}

/** The webhook behind a proof; records of older code have it for the portfolio order only. */
export function webhookIdOf({ webhookId }: PortfolioOrderRecord, reached: Reached): string | undefined {
  return reached.webhookId ?? (reached.eventId === undefined ? undefined : webhookId);
}

/** A record of which nothing but the id is known. */
export function emptyRecord(portfolioOrderId: string): PortfolioOrderRecord {
  return { portfolioOrderId, reached: {}, orders: [] };
}

/** All executions of all children, in order of the children. */
export function executionsOf(record: PortfolioOrderRecord): ExecutionRow[] {
  return record.orders.flatMap((order) => order.executions);
}

/**
 * Id of the transition row by which a status was reached. For records of older code, which do not say at which status
 * the row stood, that is the row of the documented way.
 */
export function ruleOf<S extends string>(lifecycle: Lifecycle<S>, status: S, { from }: Reached): string {
  const stood = from ?? documentedPredecessor(lifecycle, status);
  return stepBetween(lifecycle, isKnown(lifecycle, stood) ? stood : undefined, status).id;
}
