/** Cursors of lists: where the next page begins, and which filters it belongs to. Opaque to callers. */
import { createHash } from 'node:crypto';
import { invalidCursor } from './problem';

/** @param next where the next page begins; undefined after the last one */
export function nextCursor(next: string | undefined, filters: object): { nextCursor?: string } {
  return next === undefined ? {} : { nextCursor: `${digestOf(filters, next)}${next}` };
}

/** @throws HttpProblem for a cursor of another list, of other filters, or of nobody's */
export function placeIn(cursor: string | undefined, filters: object): { cursor?: string } {
  if (cursor === undefined) return {};
  const next = cursor.slice(DIGEST_LENGTH);
  if (next === '' || cursor !== `${digestOf(filters, next)}${next}`) throw invalidCursor();
  return { cursor: next };
}

const DIGEST_LENGTH = 8;

/** Of the place as well: one that was cut off or changed on its way is no place of ours. */
function digestOf(filters: object, next: string): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([given.sort(([a], [b]) => (a < b ? -1 : 1)), next]);
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
