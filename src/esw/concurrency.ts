import { untilAborted } from '../lib/timeout';

/** Runs `work` once a permit is free; throws the signal's reason if it aborts during the wait. */
export type WithPermit = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** A semaphore that grants at most `limit` permits at a time, first come, first served. */
export function createSemaphore(limit: number): WithPermit {
  let running = 0;
  const waiting = new Set<() => void>();

  async function acquire(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < limit) {
      running += 1;
      return;
    }
    let grant = (): void => undefined;
    const granted = new Promise<void>((resolve) => {
      grant = resolve;
      waiting.add(grant);
    });
    try {
      await untilAborted(granted, signal);
    } catch (reason) {
      // Release the permit if it was granted and aborted at the same time.
      if (!waiting.delete(grant)) release();
      throw reason;
    }
  }

  function release(): void {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return async (work, signal) => {
    await acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  };
}
