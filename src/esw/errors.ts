/** Internal failures of this folder. Callers of the client see a `SinkOutcome` instead. */
import type { SinkOutcome } from '../app/ports/fulfillment-sink';
import { CoordinatorError } from '../lib/errors';

/** Thrown when no response status arrives. The request may have arrived; resend the same bytes. */
export class EswNoAnswer extends CoordinatorError {
  readonly code = 'ESW_NO_ANSWER';
  readonly next = 'retry';
}

/** Thrown when there is no token, so that nothing was sent. `delivery` is the outcome for the event. */
export class EswNoToken extends CoordinatorError {
  readonly code = 'ESW_NO_TOKEN';
  readonly next: 'retry' | 'ask-a-human';

  constructor(
    readonly delivery: Extract<SinkOutcome, { outcome: 'retry' | 'unauthorised' }>,
    options?: ErrorOptions,
  ) {
    super(delivery.refusal.message, options);
    this.next = delivery.outcome === 'retry' ? 'retry' : 'ask-a-human';
  }
}
