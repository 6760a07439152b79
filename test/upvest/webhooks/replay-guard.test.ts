import { createReplayGuard } from '../../../src/upvest/webhooks/replay-guard';
import type { WebhookAccepted } from '../../../src/upvest/webhooks/signature';

const signed = (more: Partial<WebhookAccepted> = {}): WebhookAccepted => ({
  ok: true,
  version: 'v6',
  expired: false,
  keyId: 'key',
  nonce: 'nonce',
  signature: 'c2lnbmF0dXJl',
  ...more,
});
const body = Buffer.from('{"payload":[]}');

test('the same request again is a redelivery', () => {
  const nonces = createReplayGuard();
  nonces.remember(signed(), body);
  expect(nonces.isReused(signed(), body)).toBe(false);
});

test.each([
  ['body', signed(), Buffer.from('{"payload":[1]}')],
  ['signature', signed({ signature: 'b3RoZXI=' }), body],
])('the same nonce with another %s is a reuse', (_what, request, bytes) => {
  const nonces = createReplayGuard();
  nonces.remember(signed(), body);
  expect(nonces.isReused(request, bytes)).toBe(true);
});

test.each([
  ['nonce', { nonce: 'other' }],
  ['key', { keyId: 'other' }],
  ['request without a nonce', { nonce: undefined }],
])('another %s is none', (_what, more) => {
  const nonces = createReplayGuard();
  nonces.remember(signed(), body);
  nonces.remember(signed({ nonce: undefined }), body);
  expect(nonces.isReused(signed({ ...more, signature: 'b3RoZXI=' }), body)).toBe(false);
});

test('what was not remembered, because it was not answered 200, may come again in any form', () => {
  expect(createReplayGuard().isReused(signed(), body)).toBe(false);
});

test('the memory is bounded, the oldest go first', () => {
  const nonces = createReplayGuard(2);
  for (const nonce of ['a', 'b', 'c']) nonces.remember(signed({ nonce }), body);
  const other = Buffer.from('other');
  expect(['a', 'b', 'c'].map((nonce) => nonces.isReused(signed({ nonce }), other))).toEqual([
    false,
    true,
    true,
  ]);
});
