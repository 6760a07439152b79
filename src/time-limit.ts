/** Why a signal of {@link withTimeLimit} aborts; what was under way rejects with it. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached';
  constructor(readonly ms: number) {
    super(`Not done within ${ms} ms`);
  }
}

/**
 * Does `work` under a signal that aborts when the time is over.
 *
 * Not `AbortSignal.timeout`: behind `AbortSignal.any`, Node 20 may collect that as garbage before it fires.
 *
 * @param ms from the call on
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
