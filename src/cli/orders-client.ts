/**
 * What commands ask of the coordinator. There are two ways to it: over the HTTP API (`api-client.ts`), and straight to
 * Temporal (`direct-client.ts`) for the night in which the HTTP server is away.
 */
import type { Decided } from '../domain/operators';
import type { TimelineEntry } from '../domain/timeline';
import type { Operation } from '../temporal/order-operations';
import type { OrderStatusView } from '../temporal/order-reader';
import type { OrderSummary } from '../temporal/order-list';
import type { ParkedEventAttemptView, ParkedEventSummary, ParkedEventView } from '../temporal/parked-events';

/** Every method throws OrdersProblem. */
export interface OrdersClient {
  /** @returns whether the order is new, or was submitted before with the same request */
  submit(order: Record<string, unknown>): Promise<'new' | 'known'>;
  read(referenceOrId: string): Promise<OrderStatusView>;
  /**
   * One attempt to follow an order: its looks for as long as they come, the first one at once. It may end at any time,
   * and another attempt goes on from there.
   */
  looks(referenceOrId: string): AsyncIterable<OrderStatusView>;
  /** What happened to an order, oldest first. */
  timeline(referenceOrId: string): Promise<TimelineEntry[]>;
  /** The timeline drawn, as SVG. */
  drawing(referenceOrId: string): Promise<string>;
  list(filter: OrderFilter): Promise<OrderPage>;
  /**
   * An operator's decision about an order.
   *
   * @param key names it: the same key again is the same decision
   */
  operate(
    referenceOrId: string,
    operation: Operation['name'],
    decision: Record<string, unknown>,
    key: string,
  ): Promise<Decided>;
  listParked(filter: ParkedFilter): Promise<ParkedPage>;
  /** With the bytes that were received. */
  readParked(id: string): Promise<ParkedEventView>;
  /** @returns what came of it: `kept` and `partly` are still there */
  decideParked(
    id: string,
    operation: 'retry' | 'discard',
    decision: Record<string, unknown>,
    key: string,
  ): Promise<ParkedEventAttemptView>;
  close(): Promise<void>;
}

/** Which orders; what is absent leaves none out. */
export interface OrderFilter {
  status?: string;
  accountId?: string;
  /** A code, or `any`. */
  attention?: string;
  reference?: string;
  type?: string;
  phase?: string;
  open?: boolean;
  /** How many at most in one page, 1 to 100. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

export interface OrderPage {
  orders: OrderSummary[];
  /** Where the next page begins; absent on the last one. */
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
