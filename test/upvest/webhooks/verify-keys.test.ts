import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { UpvestVerifyKeysUnavailable } from '../../../src/upvest/client/errors';
import type { UpvestVerifyKey } from '../../../src/upvest/model/schemas';
import { createVerifyKeys } from '../../../src/upvest/webhooks/verify-keys';
import { verifyWebhookSignature } from '../../../src/upvest/webhooks/signature';
import { json, rejection } from '../client/http-stub';
import { startUpvest } from '../client/upvest-stub';
import { created, keyId, signedWebhook, signer } from './webhook-fixture';

const policy = { expiry: 'reject', maxAheadMs: 0, maxAgeMs: 0 } as const;

function listed(kid: string, jwk: JsonWebKey = signer.publicKey.export({ format: 'jwk' })): UpvestVerifyKey {
  return { kid, kty: jwk.kty ?? '', crv: jwk.crv, x: jwk.x, y: jwk.y };
}

function setUp(keys: UpvestVerifyKey[]) {
  const upvest = { now: 1_000_000, keys, questions: 0, failing: false };
  const verifyKeys = createVerifyKeys({
    now: () => upvest.now,
    read: () => {
      upvest.questions += 1;
      return upvest.failing ? Promise.reject(new Error('Upvest is away')) : Promise.resolve(upvest.keys);
    },
  });
  return { upvest, verifyKeys, keyFor: (id: string) => verifyKeys.keyFor(id) };
}

/** Lets a refresh in the background end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('the first lookup asks Upvest, once for all waiting callers; a known key needs no request', async () => {
  const { upvest, keyFor } = setUp([listed('a'), listed('b')]);
  const keys = await Promise.all(['a', 'b', 'a', 'b'].map(keyFor));
  expect(keys.every((key) => key?.equals(signer.publicKey))).toBe(true);
  await keyFor('a');
  expect(upvest.questions).toBe(1);
});

test('a new key is found at once, also right after a question', async () => {
  const { upvest, keyFor } = setUp([listed('a')]);
  await keyFor('a');
  upvest.keys = [listed('a'), listed('rotated')];
  expect(await keyFor('rotated')).toBeDefined();
  upvest.keys = [listed('rotated'), listed('rotated again')];
  expect(await keyFor('rotated again')).toBeDefined();
  expect(upvest.questions).toBe(3);
});

test('strangers cannot make us ask more often than six times a minute', async () => {
  const { upvest, keyFor } = setUp([listed('a')]);
  for (let stranger = 0; stranger < 20; stranger += 1) {
    expect(await keyFor(`x${stranger}`)).toBeUndefined();
    upvest.now += 100;
  }
  expect(upvest.questions).toBe(6);
  upvest.keys = [listed('rotated')];
  expect(await keyFor('rotated')).toBeUndefined();
  upvest.now += 60_000;
  expect(await keyFor('rotated')).toBeDefined();
});

test('a key that a later list lacks is no longer valid', async () => {
  const { upvest, keyFor } = setUp([listed('old')]);
  await keyFor('old');
  upvest.keys = [listed('new')];
  upvest.now += 10_000;
  await keyFor('new');
  expect(await keyFor('old')).toBeUndefined();
});

test('a withdrawn key goes within the hour although no request names a new one', async () => {
  const { upvest, keyFor } = setUp([listed('old')]);
  await keyFor('old');
  upvest.keys = [];
  upvest.now += 3_600_000;
  expect(await keyFor('old')).toBeDefined();
  await settle();
  expect(await keyFor('old')).toBeUndefined();
});

test('while Upvest is away known keys stay valid, and unknown ones are a failure of their own', async () => {
  const { upvest, keyFor } = setUp([listed('a')]);
  await keyFor('a');
  upvest.failing = true;
  upvest.now += 3_600_000;
  expect(await keyFor('a')).toBeDefined();
  await settle();
  expect(await keyFor('a')).toBeDefined();
  const failures = await Promise.all([rejection(keyFor('b')), rejection(keyFor('c'))]);
  for (const failure of failures) expect(failure).toBeInstanceOf(UpvestVerifyKeysUnavailable);
  expect(failures[0]).toMatchObject({ next: 'retry', cause: { message: 'Upvest is away' } });
  expect(upvest.questions).toBe(3);
  upvest.failing = false;
  upvest.keys = [listed('b')];
  upvest.now += 10_000;
  expect(await keyFor('b')).toBeDefined();
  // After an answer an unknown key is unknown again.
  expect(await keyFor('c')).toBeUndefined();
});

test('a reader that throws at once does not block later questions', async () => {
  let failing = true;
  let now = 0;
  const { keyFor } = createVerifyKeys({
    now: () => now,
    read: () => {
      if (failing) throw new Error('at once');
      return Promise.resolve([listed('a')]);
    },
  });
  expect(await rejection(keyFor('a'))).toBeInstanceOf(UpvestVerifyKeysUnavailable);
  failing = false;
  now += 10_000;
  expect(await keyFor('a')).toBeDefined();
});

test('entries that are no P-521 key are left out and do not spoil the rest', async () => {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ format: 'jwk' });
  const { keyFor } = setUp([
    listed('p256', p256),
    { ...listed('no-point'), x: 'AAAA' },
    { ...listed('no-y'), y: undefined },
    { ...listed('rsa'), kty: 'RSA' },
    listed('good'),
  ]);
  const ids = ['p256', 'no-point', 'no-y', 'rsa'];
  expect(await Promise.all(ids.map(keyFor))).toEqual(ids.map(() => undefined));
  expect(await keyFor('good')).toBeDefined();
});

test('a coordinate whose leading zero was left out still verifies', async () => {
  // Both coordinates are 66 bytes, and the first of them is 0 or 1.
  let pair = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  let jwk = pair.publicKey.export({ format: 'jwk' });
  while (Buffer.from(jwk.x ?? '', 'base64url')[0] !== 0) {
    pair = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
    jwk = pair.publicKey.export({ format: 'jwk' });
  }
  const x = Buffer.from(jwk.x ?? '', 'base64url')
    .subarray(1)
    .toString('base64url');
  const { verifyKeys: keys } = setUp([listed(keyId, { ...jwk, x })]);
  const request = signedWebhook({ key: pair.privateKey });
  const result = await verifyWebhookSignature(request, { keys, now: () => created * 1000, policy });
  expect(result).toMatchObject({ ok: true });
});

test('the keys of the endpoint verify a webhook', async () => {
  const key = { ...signer.publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig' };
  const stub = await startUpvest(json(200, { keys: [key] }));
  const keys = createVerifyKeys({ read: () => stub.client.readVerifyKeys(), now: Date.now });
  const result = await verifyWebhookSignature(signedWebhook(), { keys, now: () => created * 1000, policy });
  await stub.close();
  expect(result).toMatchObject({ ok: true, version: 'v6' });
});
