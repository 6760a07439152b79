import { randomBytes } from 'node:crypto';
import { packRaw, unpackRaw } from '../../../src/app/parked-events/raw-event';

/** What the engine takes as one payload, and the largest body that the webhook endpoint lets in. */
const PAYLOAD_LIMIT = 2 * 1024 * 1024;
const LARGEST_BODY = 1400 * 1024;

test.each([
  ['text', Buffer.from('{"id":"1","type":"ORDER.NEW"}')],
  ['text of many languages', Buffer.from('{"name":"Grüße 😀"}')],
  ['a large text', Buffer.from(JSON.stringify(Array.from({ length: 30_000 }, (_, index) => ({ index }))))],
])('%s stays readable', (_what, bytes) => {
  const packed = packRaw(bytes);
  expect(packed).toEqual({ raw: bytes.toString('utf8') });
  expect(unpackRaw(packed).equals(bytes)).toBe(true);
});

test.each([
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ['random bytes of the largest size', randomBytes(LARGEST_BODY)],
  ['control characters of the largest size', Buffer.alloc(LARGEST_BODY)],
  ['quotation marks of the largest size', Buffer.alloc(LARGEST_BODY, '"')],
])('%s are kept to the byte, and fit into one payload', (_what, bytes) => {
  const packed = packRaw(bytes);
  expect(Buffer.byteLength(JSON.stringify(packed))).toBeLessThan(PAYLOAD_LIMIT - 10_000);
  expect(unpackRaw(packed).equals(bytes)).toBe(true);
});
