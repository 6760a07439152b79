import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { UpvestVerifyKeysUnavailable } from '../client/errors';
import type { UpvestVerifyKey } from '../model/schemas';

export interface VerifyKeysOptions {
  /** The client's `readVerifyKeys`. */
  read: () => Promise<UpvestVerifyKey[]>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /**
   * Limits reads from Upvest, whatever key ids strangers send. More than 1, so that a key introduced right after a read is
   * not rejected. Default 6.
   */
  maxReadsPerMinute?: number;
  /** Age at which the keys are read again on use, so that withdrawn keys expire. Default 1 h. */
  maxAgeMs?: number;
}

/** The public keys of Upvest's webhook signatures, which rotate (references/upvest.md#webhook-subscriptions). */
export interface VerifyKeys {
  /**
   * Reads the keys from Upvest for an unknown id; a known id never waits.
   *
   * @returns undefined if Upvest does not list the key
   * @throws UpvestVerifyKeysUnavailable if the key is unknown and Upvest's keys cannot be read now
   */
  keyFor: (keyId: string) => Promise<KeyObject | undefined>;
  /** Whether {@link keyFor} has the key without reading. */
  knows: (keyId: string) => boolean;
}

const MINUTE_MS = 60_000;

export function createVerifyKeys(options: VerifyKeysOptions): VerifyKeys {
  const { read, now, maxReadsPerMinute = 6, maxAgeMs = 3_600_000 } = options;
  let keys = new Map<string, KeyObject>();
  let readAt = -Infinity;
  let attempts: number[] = [];
  let failure: UpvestVerifyKeysUnavailable | undefined;
  let pending: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    attempts.push(now());
    try {
      // Replaces the whole set: a key that Upvest no longer lists is invalid.
      keys = importKeys(await read());
      readAt = now();
      failure = undefined;
    } catch (cause) {
      failure = new UpvestVerifyKeysUnavailable('Upvest’s webhook keys cannot be read', { cause });
    }
  }

  function refreshed(): Promise<void> {
    attempts = attempts.filter((at) => now() - at < MINUTE_MS);
    if (pending === undefined && attempts.length < maxReadsPerMinute) {
      pending = refresh().finally(() => {
        pending = undefined;
      });
    }
    return pending ?? Promise.resolve();
  }

  return {
    knows: (keyId) => keys.has(keyId),
    async keyFor(keyId) {
      const known = keys.get(keyId);
      if (known !== undefined) {
        // Refreshes in the background; a failure does not remove a known key.
        if (now() - readAt >= maxAgeMs) void refreshed();
        return known;
      }
      await refreshed();
      const found = keys.get(keyId);
      if (found === undefined && failure !== undefined) throw failure;
      return found;
    },
  };
}

/** Skips unreadable keys. */
function importKeys(listed: UpvestVerifyKey[]): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const { kid, kty, crv, x, y } of listed) {
    if (kty !== 'EC' || crv !== 'P-521' || x === undefined || y === undefined) continue;
    try {
      keys.set(kid, createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
    } catch {
      // Skipped: webhooks that name it are rejected as KEY_UNKNOWN.
    }
  }
  return keys;
}
