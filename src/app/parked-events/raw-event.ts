/** Encodes the bytes of a parked event so that they fit into one Temporal payload (2 MiB). */
import { isUtf8 } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RawEvent } from '../../../contracts/parked-event';

const MAX_TEXT_BYTES = 1792 * 1024;

/**
 * Keeps text readable in the Web UI. Compresses other bytes, and text that is too large once its control characters are
 * escaped.
 */
export function packRaw(raw: string | Buffer): RawEvent {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw;
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    if (Buffer.byteLength(JSON.stringify(text)) <= MAX_TEXT_BYTES) return { raw: text };
  }
  return { raw: gzipSync(bytes).toString('base64'), rawEncoding: 'gzip+base64' };
}

export function unpackRaw({ raw, rawEncoding }: RawEvent): Buffer {
  return rawEncoding === undefined ? Buffer.from(raw, 'utf8') : gunzipSync(Buffer.from(raw, 'base64'));
}
