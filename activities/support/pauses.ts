/** Pauses that a partner requests by `Retry-After`. */
import { activityInfo } from '@temporalio/activity';

/** The bounds of the retry policies' own pauses. A longer pause becomes a timer of the workflow. */
const SHORTEST_RETRY_DELAY_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 60_000;

/** True for a pause that replaces the retry policy's own: a repeated `Retry-After: 0` would be a loop without a pause. */
export function isPause(retryAfterMs: number | undefined): retryAfterMs is number {
  return retryAfterMs !== undefined && retryAfterMs >= SHORTEST_RETRY_DELAY_MS;
}

/** True for a pause that is longer than this call should, or can, wait. */
export function isLongPause(retryAfterMs: number | undefined): retryAfterMs is number {
  return retryAfterMs !== undefined && retryAfterMs > Math.min(LONGEST_RETRY_DELAY_MS, millisecondsLeft());
}

/** Until the call times out. Clock differences of seconds are harmless. */
export function millisecondsLeft(): number {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = activityInfo();
  // The engine encodes "no limit" as 0.
  if (scheduleToCloseTimeoutMs === 0) return Infinity;
  return scheduledTimestampMs + scheduleToCloseTimeoutMs - Date.now();
}
