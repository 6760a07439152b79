/**
 * The receiver of OrderEvents. ESW is the only sink; another receiver is another implementation that the activities are
 * given. Workflows build OrderEvents without knowing the sink.
 */
import type { Refusal } from '../../domain/outbox/outbox';

export interface OutgoingOrderEvent {
  /** The `id` within `body`. */
  id: string;
  /** JSON text of the OrderEvent, delivered byte for byte. */
  body: string;
  /** Workflow id, to find the exchange in the logs of both sides. */
  correlationId: string;
  /** True when these bytes may have been delivered before. */
  sentBefore: boolean;
}

/** Outcome of one delivery. Every expected outcome is a value; only an abort by `signal` is thrown. */
export type SinkOutcome =
  /** The sink has the event, from this delivery or an earlier one. */
  | {
      outcome: 'accepted';
      /** True if the sink had an event of this id, although no delivery is known: its content may differ. */
      isUnexpected?: true;
    }
  /** The sink will never take this event. */
  | { outcome: 'refused'; refusal: Refusal }
  /**
   * The sink accepts nothing from this deployment: credentials, tenant, scope or address are wrong, or a proxy answers in its
   * place.
   */
  | { outcome: 'unauthorised'; refusal: Refusal }
  /** No answer, or not now: deliver the same bytes again, after `retryAfterMs` if the sink requested a pause. */
  | {
      outcome: 'retry';
      refusal: Refusal;
      retryAfterMs?: number;
      /** Set if nothing was sent because the sink is known to take nothing: milliseconds until it may be tried again. */
      unsentForMs?: number;
    };

export interface FulfillmentSink {
  deliver(event: OutgoingOrderEvent, options?: { signal?: AbortSignal }): Promise<SinkOutcome>;
}
