/**
 * The coordinator as commands use it: over the HTTP API (`api-client.ts`), or directly over Temporal
 * (`direct-client.ts`) while the HTTP server is unavailable.
 */
import type { Decided } from '../../domain/operator/operator-commands';
import type { TimelineEntry } from '../../domain/views/timeline';
import type { OrderOperation } from '../../app/orders/operate';
import type { OrderStatusView } from '../../app/orders/read';
import type { OrderSummary } from '../../app/ports/order-list';
import type { DecisionEntry, SettledDay } from '../../app/ports/reports';
import type { Status } from '../../app/ports/partner-status';
import type {
  ParkedEventAttemptView,
  ParkedEventSummary,
  ParkedEventView,
} from '../../app/parked-events/parked-events';

/** Every method throws OrdersProblem. */
export interface OrdersClient {
  submit(order: Record<string, unknown>): Promise<Submitted>;
  read(referenceOrId: string): Promise<OrderStatusView>;
  /**
   * One attempt to follow an order: yields snapshots, the first one immediately. It may end at any time; another attempt
   * continues.
   */
  snapshots(referenceOrId: string): AsyncIterable<OrderStatusView>;
  /** Oldest entry first. */
  timeline(referenceOrId: string): Promise<TimelineEntry[]>;
  /** The timeline as an SVG chart. */
  timelineSvg(referenceOrId: string): Promise<string>;
  list(filter: ListQuery): Promise<OrderPage>;
  /** What was settled, by day and currency. */
  settled(days: SettledQuery): Promise<{ days: SettledDay[] }>;
  decisions(filter: DecisionsFilter): Promise<DecisionsPage>;
  /** A list or report as CSV, in pieces: all of it, without pages. */
  csv(source: CsvSource): AsyncIterable<string>;
  /** Whether the partners answer, and whether the server's clock is right. */
  status(): Promise<Status>;
  /**
   * Submits an operator's decision about an order.
   *
   * @param key idempotency key of the decision
   */
  operate(
    referenceOrId: string,
    operation: OrderOperation['name'],
    decision: Record<string, unknown>,
    key: string,
  ): Promise<Decided>;
  listParked(filter: ParkedFilter): Promise<ParkedPage>;
  /** Includes the bytes as received. */
  readParked(id: string): Promise<ParkedEventView>;
  /** @returns the outcome; after `kept` and `partly` the event is still parked */
  decideParked(
    id: string,
    operation: 'retry' | 'discard',
    decision: Record<string, unknown>,
    key: string,
  ): Promise<ParkedEventAttemptView>;
  close(): Promise<void>;
}

export interface Submitted {
  /** `known` when the same request was submitted before. */
  submitted: 'new' | 'known';
  /** Reference of the order: a correction of a rejected request has one of its own. */
  reference: string;
}

/**
 * Parameters of the API's list, as a user gave them: the API, or `orderQuery` in its place, checks them and makes the filter of
 * `src/app/ports/order-list.ts` of them. An absent one does not filter.
 */
export interface ListQuery {
  status?: string;
  accountId?: string;
  /** A code, or `any`. */
  attention?: string;
  reference?: string;
  type?: string;
  side?: string;
  phase?: string;
  open?: boolean;
  /** Search: the beginning of a reference, or an id. */
  q?: string;
  amountFrom?: string;
  amountTo?: string;
  openedFrom?: string;
  openedTo?: string;
  changedFrom?: string;
  changedTo?: string;
  settledFrom?: string;
  settledTo?: string;
  finishedFrom?: string;
  finishedTo?: string;
  sort?: string;
  direction?: string;
  /** True to count all that match. */
  count?: boolean;
  /** Page size, 1 to 100. */
  limit?: number;
  /** `nextCursor` of the previous page. */
  cursor?: string;
}

export interface OrderPage {
  orders: OrderSummary[];
  /** Absent on the last page. */
  nextCursor?: string;
  /** All orders that match, if they were to be counted. */
  count?: number;
}

/** Days, both included. */
export interface SettledQuery {
  from: string;
  to: string;
}

export interface DecisionsFilter {
  actor?: string;
  from?: string;
  to?: string;
  /** Reference or id. */
  order?: string;
  limit?: number;
  cursor?: string;
}

export interface DecisionsPage {
  decisions: DecisionEntry[];
  nextCursor?: string;
}

export type CsvSource =
  | { of: 'orders'; query: ListQuery }
  | { of: 'settled'; query: SettledQuery }
  | { of: 'decisions'; query: DecisionsFilter };

export interface ParkedFilter {
  reason?: string;
  limit?: number;
  cursor?: string;
}

export interface ParkedPage {
  events: ParkedEventSummary[];
  nextCursor?: string;
}
