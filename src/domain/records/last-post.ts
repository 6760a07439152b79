/**
 * What the records database keeps of a placement's POSTs: the last one, recorded before it was sent. It outlives the placement's workflow, which may be
 * reset, deleted, or restored from an older copy of Temporal, and then does not know of them.
 */
import { CLOCK_TOLERANCE_MS } from '../broker/placement';

/** The attempt that POSTs. */
export interface PostAttempt {
  runId: string;
  /** Number of the activity within the run. */
  activity: number;
  /** Number of the attempt of the activity. */
  attempt: number;
}

export interface LastPost {
  by: PostAttempt;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Whether the workflow knows of the POST that was recorded last: by an earlier attempt of the same run, or because Upvest was searched
 * for its order afterwards. If not, the order has to be looked up before the next POST.
 *
 * @param searchedAt when the last search at Upvest without a result began, milliseconds since the epoch
 */
export function isPostKnown(
  { by, at }: LastPost,
  attempt: PostAttempt,
  searchedAt: number | undefined,
): boolean {
  if (searchedAt !== undefined && at + CLOCK_TOLERANCE_MS < searchedAt) return true;
  if (by.runId !== attempt.runId) return false;
  // The same attempt, or a later one, ran in a time that Temporal has forgotten.
  return by.activity === attempt.activity ? by.attempt < attempt.attempt : by.activity < attempt.activity;
}

/** As one text: run id, activity and attempt. */
export function attemptText({ runId, activity, attempt }: PostAttempt): string {
  return `${runId}/${activity}/${attempt}`;
}

/** @returns undefined for a text that {@link attemptText} did not make */
export function attemptIn(text: string): PostAttempt | undefined {
  const [runId = '', activity, attempt, ...more] = text.split('/');
  const numbers = [Number(activity), Number(attempt)];
  if (more.length > 0 || !numbers.every(Number.isSafeInteger)) return undefined;
  return { runId, activity: Number(activity), attempt: Number(attempt) };
}
