/** Positions between two rows of a list, as callers get them. */
import { DatabaseError } from 'pg';
import { UnreadablePosition } from '../../app/ports/order-list';

export function encodePosition(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws UnreadablePosition for text that holds no list */
export function decodePosition(text: string): unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(read)) return read as unknown[];
  } catch (cause) {
    throw unreadablePosition({ cause });
  }
  throw unreadablePosition();
}

export function unreadablePosition(options?: ErrorOptions): UnreadablePosition {
  return new UnreadablePosition('The position is of no page of this list', options);
}

/** A time as PostgreSQL writes it: its microseconds would be lost in a `Date`. */
export function isInstant(value: unknown): value is string {
  return (
    typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(value)
  );
}

/**
 * Reads behind a position; without one, just reads.
 *
 * @throws UnreadablePosition for a time of the right form that does not exist
 */
export async function behindPosition<T>(hasPosition: boolean, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // Class 22 of SQLSTATE: a value that cannot be.
    const isInvalid = error instanceof DatabaseError && error.code?.startsWith('22') === true;
    throw hasPosition && isInvalid ? unreadablePosition({ cause: error }) : error;
  }
}
