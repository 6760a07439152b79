import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { UpvestVerifyKeysUnavailable } from './errors';
import type { UpvestVerifyKey } from './schemas';

export interface VerifyKeysOptions {
  /** `readVerifyKeys` of the client. */
  read: () => Promise<UpvestVerifyKey[]>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /**
   * At most so many questions to Upvest in a minute, whatever key ids strangers name. More than one at once, so that a
   * key which Upvest takes into use right after a question is not refused. Default 6.
   */
  maxQuestionsPerMinute?: number;
  /** A set older than this is read again when a key is asked for, so that a withdrawn key goes. Default 1 h. */
  maxAgeMs?: number;
}

/** The public keys with which Upvest signs webhooks. They rotate (upvest.md 3.7). */
export interface VerifyKeys {
  /**
   * An unknown id asks Upvest once; a known one never waits.
   *
   * @returns undefined when Upvest does not list it
   * @throws UpvestVerifyKeysUnavailable when it is unknown and Upvest cannot be asked now
   */
  keyFor: (keyId: string) => Promise<KeyObject | undefined>;
}

const MINUTE_MS = 60_000;

export function createVerifyKeys(options: VerifyKeysOptions): VerifyKeys {
  const { read, now, maxQuestionsPerMinute = 6, maxAgeMs = 3_600_000 } = options;
  let keys = new Map<string, KeyObject>();
  let readAt = -Infinity;
  let askedAt: number[] = [];
  let failure: UpvestVerifyKeysUnavailable | undefined;
  let flight: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    askedAt.push(now());
    try {
      // The whole set is replaced: a key that Upvest no longer lists is no longer valid.
      keys = importKeys(await read());
      readAt = now();
      failure = undefined;
    } catch (cause) {
      failure = new UpvestVerifyKeysUnavailable('Upvest cannot be asked for its webhook keys', { cause });
    }
  }

  function refreshed(): Promise<void> {
    askedAt = askedAt.filter((at) => now() - at < MINUTE_MS);
    if (flight === undefined && askedAt.length < maxQuestionsPerMinute) {
      flight = refresh().finally(() => {
        flight = undefined;
      });
    }
    return flight ?? Promise.resolve();
  }

  return {
    async keyFor(keyId) {
      const known = keys.get(keyId);
      if (known !== undefined) {
        // Not waited for, and no failure of it takes a known key away.
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

/** One key that cannot be read does not take the others with it. */
function importKeys(listed: UpvestVerifyKey[]): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const { kid, kty, crv, x, y } of listed) {
    if (kty !== 'EC' || crv !== 'P-521' || x === undefined || y === undefined) continue;
    try {
      keys.set(kid, createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
    } catch {
      // Left out: a webhook that names it is refused as signed by an unknown key.
    }
  }
  return keys;
}
