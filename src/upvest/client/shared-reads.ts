/** Reads of one object that are asked for at the same time share a request. */
import { untilAborted } from '../../lib/timeout';

interface SharedRead {
  answer: Promise<unknown>;
  readers: number;
  /** Aborts the request once no reader waits for it. */
  ended: AbortController;
}

/** What a shared read passes on to its request. */
export interface SharedReadOptions {
  signal: AbortSignal;
  /** To be called before the first byte is sent. */
  onSend: () => void;
}

/**
 * Joins the read of the same name that is not sent yet, such as one that waits for its slot, or begins one. A request that is
 * under way is not joined: Upvest may have answered it before this caller asked, and a caller takes its answer for news.
 */
export type ShareRead = <T>(
  name: string,
  signal: AbortSignal | undefined,
  read: (options: SharedReadOptions) => Promise<T>,
) => Promise<T>;

export function createSharedReads(): ShareRead {
  const unsent = new Map<string, SharedRead>();

  function begin(name: string, read: (options: SharedReadOptions) => Promise<unknown>): SharedRead {
    const ended = new AbortController();
    const onSend = (): void => {
      if (unsent.get(name)?.ended === ended) unsent.delete(name);
    };
    const answer = read({ signal: ended.signal, onSend }).finally(onSend);
    // Readers that have given up do not hear of a failure.
    answer.catch(() => undefined);
    ended.signal.addEventListener('abort', onSend);
    const shared = { answer, readers: 0, ended };
    unsent.set(name, shared);
    return shared;
  }

  return async <T>(
    name: string,
    signal: AbortSignal | undefined,
    read: (options: SharedReadOptions) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted();
    const shared = unsent.get(name) ?? begin(name, read);
    shared.readers += 1;
    try {
      return await untilAborted(shared.answer as Promise<T>, signal);
    } finally {
      shared.readers -= 1;
      if (shared.readers === 0) shared.ended.abort(signal?.reason);
    }
  };
}
