/**
 * Whoever is told what happens to portfolio orders. ESW is the one sink; another one is another implementation of this,
 * handed to the activities: workflows build OrderEvents and do not know who takes them.
 */
import type { Refusal } from './domain/emission';

export interface OutgoingOrderEvent {
  /** The `id` within `body`. */
  id: string;
  /** JSON text of the OrderEvent, delivered byte for byte as it is. */
  body: string;
  /** Workflow id, by which the exchange can be found again on both sides. */
  correlationId: string;
  /** True when these bytes may have been delivered before. */
  sentBefore: boolean;
}

/** What became of one delivery. Every expected outcome is a value; only an abort by `signal` is thrown. */
export type Delivery =
  /** The sink has the event, be it from this delivery or from an earlier one. */
  | { outcome: 'accepted' }
  /** The sink will never take this event. */
  | { outcome: 'refused'; refusal: Refusal }
  /** The sink takes nothing from this deployment: credentials, tenant, scope or address are wrong. */
  | { outcome: 'unauthorised'; refusal: Refusal }
  /** No answer, or not now: the same bytes have to be delivered again. `retryAfterMs` where the sink asked for a pause. */
  | { outcome: 'retry'; refusal: Refusal; retryAfterMs?: number };

export interface FulfillmentSink {
  deliver(event: OutgoingOrderEvent, options?: { signal?: AbortSignal }): Promise<Delivery>;
}
