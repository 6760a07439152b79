/**
 * The coordinator as commands use it: over the HTTP API (`api-client.ts`), or directly over Temporal
 * (`direct-client.ts`) while the HTTP server is unavailable.
 */
import type { Decided } from '../../domain/operator/operator-commands';
import type { TimelineEntry } from '../../domain/views/timeline';
import type { OrderOperation } from '../../app/orders/operate';
import type { OrderStatusView } from '../../app/orders/read';
import type { OrderSummary } from '../../app/orders/list';
import type { Status } from '../../app/orders/partner-status';
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
  list(filter: OrderFilter): Promise<OrderPage>;
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

/** An absent field does not filter. */
export interface OrderFilter {
  status?: string;
  accountId?: string;
  /** A code, or `any`. */
  attention?: string;
  reference?: string;
  type?: string;
  phase?: string;
  open?: boolean;
  /** Page size, 1 to 100. */
  limit?: number;
  /** `nextCursor` of the previous page. */
  cursor?: string;
}

export interface OrderPage {
  orders: OrderSummary[];
  /** Absent on the last page. */
  nextCursor?: string;
}

export interface ParkedFilter {
  reason?: string;
  limit?: number;
  cursor?: string;
}

export interface ParkedPage {
  events: ParkedEventSummary[];
  nextCursor?: string;
}
