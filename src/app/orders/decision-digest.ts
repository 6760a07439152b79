/** Digest of a decision's content, which distinguishes a reused idempotency key from a retry. */
import { createHash } from 'node:crypto';
import type { Decision } from '../../domain/values/decision';

/** Digests of the content that a key was used for first and now; absent where they are equal. */
export interface KeyReuse {
  digests?: { first: string; now: string };
}

/** SHA-256 (hex) of all members, regardless of their order. */
export function digestOf(content: Decision): string {
  const members = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}

/** Both digests when a key was used before for other content; nothing for a retry, and where the first one is unknown. */
export function contentConflict(first: string | undefined, now: string): KeyReuse {
  return first === undefined || first === now ? {} : { digests: { first, now } };
}
