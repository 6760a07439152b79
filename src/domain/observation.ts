/**
 * What somebody told us about a portfolio order, normalised at the edge.
 *
 * Observations are plain JSON: they travel in signals, in activity results and in continue-as-new input.
 * Personal data (user ids, names) stays out. Statuses are kept as the text the broker sent, because Upvest's enums are
 * open (`upvest.md` 0.2, 6 no. 16): what the tables do not know becomes a finding and is never mapped.
 */

/** Where an observation comes from. */
export type ObservationSource =
  /** A verified webhook event; `eventId` and `webhookId` are Upvest's. */
  | { kind: 'webhook'; eventId: string; webhookId?: string }
  /** An answer to a read of ours, and when that was, ISO 8601 UTC; observations of older code lack the time. */
  | { kind: 'poll'; readAt?: string }
  /** The answer to the POST that placed the order. */
  | { kind: 'placement' };

interface ObservationBase {
  source: ObservationSource;
  /** When it became true at the broker: envelope `created_at` for webhooks, `updated_at` for reads. ISO 8601, UTC. */
  at: string;
  /** Status as text, from the object. */
  status: string;
  /**
   * Status that the event's type names, where it has one. A type can lag behind its object (`upvest.md` 6 no. 2): the
   * record takes the more advanced of the two.
   */
  announced?: string;
  /** Fields of the report that should be times and cannot be read as such; they count as absent. */
  unreadableTimes?: string[];
}

/** A snapshot of the portfolio order (`upvest.md` 4.1). */
export interface PortfolioOrderObservation extends ObservationBase {
  subject: 'portfolio-order';
  id: string;
  accountId?: string;
  /** Decimal string in `currency`; absent where the broker sent none or a blank. */
  cashAmount?: string;
  currency?: string;
  /** BUY, SELL, REBALANCING or a word we do not know. */
  type?: string;
  postTax?: boolean;
  initiationFlow?: string;
  allocationId?: string;
  clientReference?: string;
  createdAt?: string;
  updatedAt?: string;
  cancellationReason?: string;
  cancellationDetails?: string;
  /** Children as the snapshot lists them; may be empty or incomplete early. */
  orders: { id: string; side?: string; status: string }[];
}

/** A snapshot of one child order (`upvest.md` 4.2). */
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
  createdAt?: string;
  updatedAt?: string;
  cancellationReason?: string;
  executions: ExecutionFacts[];
}

/** What an execution says about itself (`upvest.md` 4.3). */
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
  /** Calendar date `YYYY-MM-DD`, when the broker knows it. */
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

/** The broker refused to cancel one order (`upvest.md` 5.3). */
export interface CancellationRefusedObservation extends ObservationBase {
  subject: 'order-cancellation';
  orderId: string;
  reason?: string;
}

/** The step of a rebalancing that made this portfolio order (`upvest.md` 3.6). */
export interface RebalancingObservation extends ObservationBase {
  subject: 'rebalancing-execution-order';
  id: string;
  /** The rebalancing execution, which covers many accounts. */
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
