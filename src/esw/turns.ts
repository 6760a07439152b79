import { untilAborted } from '../until-aborted';

/** Does `work` when it is the caller's turn; throws the signal's reason when that comes while waiting for it. */
export type InTurn = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Lets at most `limit` pieces of work run at a time; those that wait take their turns in the order of their coming. */
export function createTurns(limit: number): InTurn {
  let running = 0;
  const waiting = new Set<() => void>();

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < limit) {
      running += 1;
      return;
    }
    let admit = (): void => undefined;
    const admitted = new Promise<void>((resolve) => {
      admit = resolve;
      waiting.add(admit);
    });
    try {
      await untilAborted(admitted, signal);
    } catch (reason) {
      // Who was admitted and aborted in the same moment has a turn to give back.
      if (!waiting.delete(admit)) leave();
      throw reason;
    }
  }

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return async (work, signal) => {
    await enter(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
