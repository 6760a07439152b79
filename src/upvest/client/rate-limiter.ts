import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the caller's slot. Rejects with the signal's reason if it aborts first. */
export type AcquireSlot = (signal: AbortSignal | undefined) => Promise<void>;

/**
 * Spaces calls evenly. Uses a monotonic clock: a step of the wall clock would block all calls for as long as the step.
 */
export function createRateLimiter(perSecond: number): AcquireSlot {
  const intervalMs = 1000 / perSecond;
  let nextFree = 0;
  return async (signal) => {
    signal?.throwIfAborted();
    const slot = Math.max(performance.now(), nextFree);
    nextFree = slot + intervalMs;
    // A timer may fire early: it counts whole milliseconds from the start of the event loop's iteration.
    for (let left = slot - performance.now(); left > 0; left = slot - performance.now()) {
      await sleep(Math.ceil(left), undefined, signal && { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
  };
}
