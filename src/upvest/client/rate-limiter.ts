import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Thrown when the caller's turn would come later than it can wait. No turn is taken. */
export class TurnTooLate extends Error {
  constructor(readonly waitMs: number) {
    super(`The rate limit leaves no turn for ${Math.ceil(waitMs)} ms`);
  }
}

/**
 * Waits for the caller's slot. Rejects with the signal's reason if it aborts first, and at once with TurnTooLate if the slot is
 * more than `withinMs` away.
 */
export type AcquireSlot = (signal: AbortSignal | undefined, withinMs?: number) => Promise<void>;

/**
 * Spaces calls evenly. Uses a monotonic clock: a step of the wall clock would block all calls for as long as the step.
 */
export function createRateLimiter(perSecond: number): AcquireSlot {
  const intervalMs = 1000 / perSecond;
  let nextFree = 0;
  return async (signal, withinMs = Infinity) => {
    signal?.throwIfAborted();
    const now = performance.now();
    const slot = Math.max(now, nextFree);
    if (slot - now > withinMs) throw new TurnTooLate(slot - now);
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
