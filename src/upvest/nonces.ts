/** Replayed webhooks (upvest.md 5.5 no. 6). Per process and bounded: applying an event twice changes nothing anyway. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { WebhookAccepted } from './webhook-signature';

export interface NonceMemory {
  /** True when the nonce was used by another request; an identical one is a redelivery and no reuse. */
  isReused(signed: WebhookAccepted, body: Buffer): boolean;
  /** To be called once the request is answered 200: what was refused may come again as it likes. */
  remember(signed: WebhookAccepted, body: Buffer): void;
}

/** At 300 requests/s a minute, which is a signature's life; at what Upvest sends to one client, hours. */
const DEFAULT_SIZE = 20_000;

export function createNonceMemory(size = DEFAULT_SIZE): NonceMemory {
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
