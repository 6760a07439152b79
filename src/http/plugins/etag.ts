/** Entity tags (RFC 9110 8.8.3), derived from the content only. */
import { createHash } from 'node:crypto';

/** A strong tag, including its quotes. */
export function etagOf(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether an `If-None-Match` header matches, by weak comparison (RFC 9110 13.1.2). */
export function isInIfNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
