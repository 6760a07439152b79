/** Cursors of lists: the position of the next page, bound to the list's filters. Opaque to callers. */
import { createHash } from 'node:crypto';
import { invalidCursor } from './errors';

/** @param next position of the next page; undefined after the last one */
export function nextCursor(next: string | undefined, filters: object): { nextCursor?: string } {
  return next === undefined ? {} : { nextCursor: `${digestOf(filters, next)}${next}` };
}

/** @throws CallError if the cursor is malformed or belongs to another list or filter set */
export function readCursor(cursor: string | undefined, filters: object): { cursor?: string } {
  if (cursor === undefined) return {};
  const next = cursor.slice(DIGEST_LENGTH);
  if (next === '' || cursor !== `${digestOf(filters, next)}${next}`) throw invalidCursor();
  return { cursor: next };
}

const DIGEST_LENGTH = 8;

/** Covers the position too, to detect truncated and altered cursors. */
function digestOf(filters: object, next: string): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([given.sort(([a], [b]) => (a < b ? -1 : 1)), next]);
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
