/**
 * How a sending of OrderEvents can end that only the workflow can deal with: the call fails at once instead of being
 * retried, with the answers so far as its details. Here, because workflows must not import activities' code.
 */
import type { Refusal } from '../outbox/outbox';
import type { EmissionResult } from './emission';

/** Failure type: the sink asks for a longer pause than a call should wait. The workflow waits by a timer. */
export const EMISSION_BUSY = 'FULFILLMENT_BUSY';

/** Failure type: the sink takes no event of this deployment until credentials, scope, address or proxy are fixed. */
export const EMISSION_UNAUTHORISED = 'FULFILLMENT_UNAUTHORISED';

/** The first and only detail of both failures. */
export interface EmissionFailureDetails {
  /** For the events before the one that failed, whichever attempt of the call had them. */
  results: EmissionResult[];
  /** True if the order was saved before the events were sent. */
  saved?: boolean;
  /** What the sink said to that one. */
  refusal: Refusal;
  /** Pause that the sink requested, in milliseconds; with {@link EMISSION_BUSY} alone. */
  retryAfterMs?: number;
}
