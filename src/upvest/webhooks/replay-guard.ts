/**
 * Detects replayed webhooks (references/upvest.md#webhook-signature no. 6). Per process and limited in size, since
 * events are idempotent anyway.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { WebhookAccepted } from './signature';

export interface ReplayGuard {
  /** True if a different request used the nonce; an identical request is a redelivery. */
  isReused(signed: WebhookAccepted, body: Buffer): boolean;
  /** Call it once the request is answered with 200; other requests may be repeated. */
  remember(signed: WebhookAccepted, body: Buffer): void;
}

/** Covers a minute at 300 requests/s, the lifetime of a signature, and hours at Upvest's usual rate. */
const DEFAULT_SIZE = 20_000;

export function createReplayGuard(size = DEFAULT_SIZE): ReplayGuard {
  const seen = new LRUCache<string, string>({ max: size });
  return {
    isReused(signed, body) {
      const key = keyOf(signed);
      const before = key === undefined ? undefined : seen.get(key);
      return before !== undefined && before !== fingerprint(signed, body);
    },
    remember(signed, body) {
      const key = keyOf(signed);
      if (key !== undefined) seen.set(key, fingerprint(signed, body));
    },
  };
}

function keyOf({ keyId, nonce }: WebhookAccepted): string | undefined {
  return nonce === undefined ? undefined : `${keyId} ${nonce}`;
}

function fingerprint({ signature }: WebhookAccepted, body: Buffer): string {
  return createHash('sha256').update(signature).update(' ').update(body).digest('base64');
}
