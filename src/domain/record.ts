/**
 * Everything known about one portfolio order, as plain JSON: it rides along in continue-as-new and is the workflow's
 * result. Children are rows, 500 and more of them, so the shape is lean: a record of 500 settled children has to stay
 * below 512 KiB.
 */
import type { ExecutionStatus, OrderStatus, PortfolioOrderStatus } from './lifecycle';

/** The first proof that a status was reached. */
export interface Reached {
  /** Time at the broker, ISO 8601 UTC with milliseconds. */
  at: string;
  /** `webhook`, `poll` or `placement`: a statement about this very status; `snapshot`: only seen inside another one. */
  by: 'webhook' | 'poll' | 'placement' | 'snapshot';
  /** Upvest's webhook event id. */
  eventId?: string;
  /** Upvest's webhook id; kept for the portfolio order only. */
  webhookId?: string;
  /** `updated_at` of the object, where that is later than `at`. */
  updatedAt?: string;
}

export type ReachedStatuses<S extends string> = Partial<Record<S, Reached>>;

/** What portfolio order, order and execution rows have in common. */
export interface Row<S extends string> {
  status?: S;
  reached: ReachedStatuses<S>;
  /** Status words that the tables do not know, as sent; sorted, without repetition. */
  unknownStatuses?: string[];
  /** Fields that came as times nobody can read; sorted, without repetition. */
  unreadableTimes?: string[];
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
}

export interface OrderRow extends Row<OrderStatus> {
  id: string;
  /** 1, 2, 3 … in order of first sight; never given to another child. */
  number: number;
  side?: string;
  instrumentId?: string;
  cashAmount?: string;
  quantity?: string;
  currency?: string;
  updatedAt?: string;
  cancellationReason?: string;
  /** The broker's refusal to cancel this child, if it refused. */
  cancellationRefused?: { at: string; reason?: string };
  executions: ExecutionRow[];
}

export interface PortfolioOrderRecord extends Row<PortfolioOrderStatus> {
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
  updatedAt?: string;
  cancellationReason?: string;
  cancellationDetails?: string;
  orders: OrderRow[];
  /** Sorted by id; absent where no rebalancing spoke of the order. */
  rebalancing?: RebalancingRow[];
}

/** A record of which nothing but the id is known. */
export function emptyRecord(portfolioOrderId: string): PortfolioOrderRecord {
  return { portfolioOrderId, reached: {}, orders: [] };
}

/** All executions of all children, in order of the children. */
export function executionsOf(record: PortfolioOrderRecord): ExecutionRow[] {
  return record.orders.flatMap((order) => order.executions);
}
