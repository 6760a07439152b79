/** Entity tags (RFC 9110 8.8.3): the same content has the same tag in every process. */
import { createHash } from 'node:crypto';

/** A strong tag, with its quotes. */
export function etagOf(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether a tag stands in an `If-None-Match` header, by weak comparison (RFC 9110 13.1.2). */
export function isInIfNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
