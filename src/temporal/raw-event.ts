/** The bytes of a parked event, as they fit into one payload of the engine (2 MiB). */
import { isUtf8 } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RawEvent } from '../../workflows/messages';

const MAX_TEXT_BYTES = 1792 * 1024;

/**
 * Text stays readable in the Web UI wherever it can. Bytes that are no text, or text that grows too large when its control
 * characters are escaped, are packed.
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
