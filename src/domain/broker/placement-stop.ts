/**
 * How a call of the placing activity can end without Upvest's decision. Here, because workflows must not import activities'
 * code.
 */
import { backOff } from '../values/back-off';
import type { PlacementProblem } from './problem';

/**
 * Failure type: further attempts within this call are useless. The workflow shows why, waits by its own timer, and calls
 * again.
 */
export const PLACEMENT_STOPPED = 'PlacementStopped';

/** The first detail of each failure that is not Upvest's rejection. */
export interface PostFailure {
  /** False only if it is certain that no attempt of this placement has placed the order. */
  mayHavePlaced: boolean;
  /** What was answered, or why nothing was. */
  problem: PlacementProblem;
  /**
   * With {@link PLACEMENT_STOPPED}. `unauthorised`: credentials, rights or address are wrong, or a proxy answers in Upvest's
   * place; `busy`: Upvest requested a longer pause than a call should wait; `unavailable`: several attempts in a row failed.
   */
  why?: 'unauthorised' | 'busy' | 'unavailable';
  /** The pause that Upvest requested, in milliseconds; with `busy` alone. */
  retryAfterMs?: number;
}

/** Says when the placing activity saved the row: the second detail of a rejection, and part of `PlacedOrder`. */
export interface Saved {
  /** When the placement's end was stored in the records database, milliseconds since the epoch; absent if it is not. */
  savedAt?: number;
}

/** Pauses that Upvest did not request double between these. Milliseconds. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Time for one last attempt before the POSTs end. Milliseconds. */
const LAST_ATTEMPT_MS = 60_000;

/**
 * The pause before the next call, in milliseconds; undefined if there is no time left for one. A longer pause than the time
 * left is cut, so that there is an attempt at the end.
 *
 * @param count stops of this placement so far, with this one
 * @param leftMs time until POSTs end
 */
export function pauseAfterStop(
  { retryAfterMs }: PostFailure,
  count: number,
  leftMs: number,
): number | undefined {
  const wanted = retryAfterMs ?? backOff(count, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  const longest = leftMs - LAST_ATTEMPT_MS;
  return longest > 0 ? Math.min(wanted, longest) : undefined;
}

/** From this stop on an unavailable Upvest needs attention, too: it has been so for some minutes. */
const LONG_UNAVAILABLE = 4;

/** True if an operator should look at it. A requested pause is no fault. */
export function isStopFlagged({ why }: PostFailure, count: number): boolean {
  return why === 'unauthorised' || (why === 'unavailable' && count >= LONG_UNAVAILABLE);
}

/** What is shown of an attempt that failed: Upvest's words, or a gateway's. */
export function describePostFailure({ problem }: PostFailure): string {
  const { status, type, title, detail, excerpt } = problem;
  return [status, type, title, detail, excerpt].filter((part) => part !== undefined).join(' ');
}
