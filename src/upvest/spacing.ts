import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the caller's turn. Rejects with the signal's reason when that comes first. */
export type Turn = (signal: AbortSignal | undefined) => Promise<void>;

/**
 * Spaces callers evenly, first come first served. On a monotonic clock of its own: a step of the wall clock would stop
 * everything for as long as the step is.
 */
export function createSpacing(perSecond: number): Turn {
  const intervalMs = 1000 / perSecond;
  let nextFree = 0;
  return async (signal) => {
    signal?.throwIfAborted();
    const now = performance.now();
    const turn = Math.max(now, nextFree);
    nextFree = turn + intervalMs;
    if (turn <= now) return;
    await sleep(turn - now, undefined, { ...(signal !== undefined && { signal }) }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      },
    );
  };
}
