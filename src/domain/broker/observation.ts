/**
 * Observations: what the broker reported about a portfolio order, normalised by the adapter.
 * They are plain JSON, because they travel in signals, in activity results and in continue-as-new input. They contain
 * no personal data (user ids, names). Statuses are kept as the text that the broker sent, because Upvest's enums are
 * open (references/upvest.md#versions, #known-inconsistencies no. 16): a status that the tables do not know becomes a
 * finding and is never mapped.
 */

/** Source of an observation. */
export type ObservationSource =
  /** A verified webhook event; `eventId` and `webhookId` are Upvest's. */
  | { kind: 'webhook'; eventId: string; webhookId?: string }
  /** The answer to a GET and the time of the read, ISO 8601 UTC; observations of older code lack the time. */
  | { kind: 'poll'; readAt?: string }
  /** The answer to the POST that placed the order. */
  | { kind: 'placement' };

interface ObservationBase {
  source: ObservationSource;
  /** Time at the broker: envelope `created_at` for webhooks, `updated_at` for reads. ISO 8601, UTC. */
  at: string;
  /** Status of the object, as text. */
  status: string;
  /**
   * Status in the event's type, where it has one. The type can lag behind the object
   * (references/upvest.md#known-inconsistencies no. 2); the record takes the more advanced of the two.
   */
  announced?: string;
  /** Names of fields whose value is not a valid time; they count as absent. */
  unreadableTimes?: string[];
}

/** Documented types of portfolio orders (references/upvest.md#portfolio-order). */
export const PORTFOLIO_ORDER_TYPES = ['BUY', 'SELL', 'REBALANCING'] as const;

/** A snapshot of the portfolio order (references/upvest.md#portfolio-order). */
export interface PortfolioOrderObservation extends ObservationBase {
  subject: 'portfolio-order';
  id: string;
  accountId?: string;
  /** Decimal string in `currency`; absent where the broker sent none or a blank. */
  cashAmount?: string;
  currency?: string;
  /** BUY, SELL, REBALANCING or a value that we do not know. */
  type?: string;
  postTax?: boolean;
  initiationFlow?: string;
  allocationId?: string;
  clientReference?: string;
  createdAt?: string;
  updatedAt?: string;
  cancellationReason?: string;
  cancellationDetails?: string;
  /** Children listed in the snapshot; may be empty or incomplete at first. */
  orders: { id: string; side?: string; status: string }[];
}

/** A snapshot of one child order (references/upvest.md#order). */
export interface OrderObservation extends ObservationBase {
  subject: 'order';
  id: string;
  side?: string;
  /** ISIN. */
  instrumentId?: string;
  cashAmount?: string;
  /** Units, decimal string; absent for nominal orders ("0" on the wire). */
  quantity?: string;
  currency?: string;
  /** Fee of the order, decimal string in `currency`; absent where the broker sent none or an unreadable one. */
  fee?: string;
  /** Names of amounts that the broker sent, and that are no decimal numbers. */
  unreadableAmounts?: string[];
  createdAt?: string;
  updatedAt?: string;
  cancellationReason?: string;
  executions: ExecutionFacts[];
}

/** Details of one execution (references/upvest.md#execution). */
export interface ExecutionFacts {
  id: string;
  status: string;
  side?: string;
  /** Decimal string in `currency`. */
  cashAmount: string;
  currency: string;
  /** Units, decimal string. */
  shareQuantity: string;
  /** Per unit, decimal string in `currency`. */
  price: string;
  /** Sum of the taxes, decimal string; absent where the broker sent none. */
  taxes?: string;
  transactionTime?: string;
  /** Calendar date `YYYY-MM-DD`; absent until the broker knows it. */
  settlementDate?: string;
  /** As in an observation. */
  unreadableTimes?: string[];
}

/** One execution, from an `EXECUTION.*` event. */
export interface ExecutionObservation extends ObservationBase {
  subject: 'execution';
  orderId: string;
  execution: ExecutionFacts;
}

/** The broker refused to cancel one order (references/upvest.md#order-cancellation-rejected). */
export interface CancellationRefusedObservation extends ObservationBase {
  subject: 'order-cancellation';
  orderId: string;
  reason?: string;
}

/** The order within a rebalancing that created this portfolio order (references/upvest.md#rebalancing). */
export interface RebalancingObservation extends ObservationBase {
  subject: 'rebalancing-execution-order';
  id: string;
  /** Id of the rebalancing execution, which covers many accounts. */
  executionId?: string;
  cancellationReason?: string;
  cancellationDetails?: string;
}

export type Observation =
  | PortfolioOrderObservation
  | OrderObservation
  | ExecutionObservation
  | CancellationRefusedObservation
  | RebalancingObservation;
