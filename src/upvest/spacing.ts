import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the caller's turn. Rejects with the signal's reason when that comes first. */
export type Turn = (signal: AbortSignal | undefined) => Promise<void>;

/**
 * Spaces callers evenly. On a monotonic clock of its own: a step of the wall clock would stop everything for as long as
 * the step is.
 */
export function createSpacing(perSecond: number): Turn {
  const intervalMs = 1000 / perSecond;
  let nextFree = 0;
  return async (signal) => {
    signal?.throwIfAborted();
    const turn = Math.max(performance.now(), nextFree);
    nextFree = turn + intervalMs;
    // Timers count whole milliseconds from the start of the loop's round, so that one may fire early.
    for (let left = turn - performance.now(); left > 0; left = turn - performance.now()) {
      await sleep(Math.ceil(left), undefined, signal && { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
  };
}
