/** Failures within this folder: the client's callers see none of them, but a `Delivery`. */
import type { Delivery } from '../fulfillment-sink';
import { CoordinatorError } from '../errors';

/** Thrown when no status arrives. Whether the request did is unknown: the same bytes are sent again. */
export class EswNoAnswer extends CoordinatorError {
  readonly code = 'ESW_NO_ANSWER';
  readonly next = 'retry';
}

/** Thrown when no token can be had, and so nothing was sent. What that means for the event is its delivery. */
export class EswNoToken extends CoordinatorError {
  readonly code = 'ESW_NO_TOKEN';
  readonly next: 'retry' | 'ask-a-human';

  constructor(
    readonly delivery: Extract<Delivery, { outcome: 'retry' | 'unauthorised' }>,
    options?: ErrorOptions,
  ) {
    super(delivery.refusal.message, options);
    this.next = delivery.outcome === 'retry' ? 'retry' : 'ask-a-human';
  }
}
