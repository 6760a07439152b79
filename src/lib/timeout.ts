/** Time limits and abort signals of asynchronous work. */

/** Abort reason of a signal of {@link withTimeLimit}; interrupted work rejects with it. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached';
  constructor(readonly ms: number) {
    super(`Not done within ${ms} ms`);
  }
}

/**
 * Runs `work` with a signal that aborts after `ms` milliseconds.
 *
 * Not `AbortSignal.timeout`: behind `AbortSignal.any`, Node 20 may garbage-collect it before it fires.
 */
export async function withTimeLimit<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new TimeLimitReached(ms));
  }, ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work`, or rejects with the signal's reason if it aborts first. The work goes on: others may wait for it. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
