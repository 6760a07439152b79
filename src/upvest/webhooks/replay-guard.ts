/**
 * Answers replayed webhooks without work (references/upvest.md#webhook-signature no. 6). Per process and limited in size,
 * since events are idempotent anyway.
 */
import { LRUCache } from 'lru-cache';
import type { WebhookAccepted } from './signature';

export interface ReplayGuard {
  /**
   * Does the work of a request, unless it was done or is being done: the same signed request is a redelivery. Failed work
   * may be tried again.
   *
   * @returns undefined for a replay, once the work is done
   * @throws what the work throws
   */
  once<T>(signed: WebhookAccepted, work: () => Promise<T>): Promise<T | undefined>;
}

/** Covers a day at Upvest's usual rate, and minutes at 300 requests/s. */
const DEFAULT_SIZE = 100_000;

export function createReplayGuard(size = DEFAULT_SIZE): ReplayGuard {
  const begun = new LRUCache<string, Promise<unknown>>({ max: size });
  return {
    async once({ fingerprint }, work) {
      const before = begun.get(fingerprint);
      if (before !== undefined) {
        await before;
        return undefined;
      }
      const working = work();
      const done = working.then(
        () => undefined,
        (error: unknown) => {
          begun.delete(fingerprint);
          throw error;
        },
      );
      // A failure concerns the caller, and replays that came meanwhile, if there are any.
      done.catch(() => undefined);
      begun.set(fingerprint, done);
      return working;
    },
  };
}
