/** Cursors of lists: the position of the next page, bound to the list's filters. Opaque to callers. */
import { createHash } from 'node:crypto';
import { grpcCodeOf, grpcStatus } from '../temporal/grpc';
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

/**
 * Reads the page at a position. Who knows how can compute the digest of a position that no page ever had, which Temporal
 * then cannot read.
 *
 * @throws CallError for such a position
 */
export async function atPosition<T>(position: string | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (position !== undefined && UNREADABLE_POSITION.has(grpcCodeOf(error))) throw invalidCursor();
    throw error;
  }
}

/** Which one depends on the database behind Temporal. */
const UNREADABLE_POSITION: ReadonlySet<number | undefined> = new Set([
  grpcStatus.invalidArgument,
  grpcStatus.unknown,
]);

const DIGEST_LENGTH = 8;

/** Covers the position too, to detect truncated and altered cursors. */
function digestOf(filters: object, next: string): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([given.sort(([a], [b]) => (a < b ? -1 : 1)), next]);
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
