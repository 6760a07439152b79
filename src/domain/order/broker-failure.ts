/**
 * How a read or a DELETE at Upvest can end that only the workflow can deal with. Here, because workflows must not import
 * activities' code.
 */

/** Failure type: Upvest requested a longer pause than a call should wait. The workflow waits by a timer. */
export const BROKER_BUSY = 'UPVEST_BUSY';

/** Failure type: credentials, rights or address are wrong, or a proxy answers in Upvest's place. */
export const BROKER_UNAUTHORISED = 'UPVEST_STOPPED';

/** The first and only detail of both failures, and of others that have a pause. */
export interface BrokerFailureDetails {
  /** Pause that Upvest requested, in milliseconds. */
  retryAfterMs?: number;
}

/** Pauses after a fault of the deployment. Milliseconds. */
const UNAUTHORISED_PAUSE_MS = 60_000;
/** A longer pause that Upvest requests is cut to this. Milliseconds. */
const LONGEST_PAUSE_MS = 60 * 60_000;

/** The pause that Upvest requested, in milliseconds, cut to an hour; 0 if it requested none. */
export function requestedPauseMs(details: BrokerFailureDetails | undefined): number {
  return Math.min(LONGEST_PAUSE_MS, details?.retryAfterMs ?? 0);
}

/** @returns milliseconds that a call of this failure type is not repeated; undefined for other types */
export function brokerPauseMs(
  type: string | null | undefined,
  details: BrokerFailureDetails | undefined,
): number | undefined {
  if (type === BROKER_UNAUTHORISED) return UNAUTHORISED_PAUSE_MS;
  if (type !== BROKER_BUSY) return undefined;
  return requestedPauseMs(details) || UNAUTHORISED_PAUSE_MS;
}
