import { createHash, generateKeyPairSync } from 'node:crypto';
import { UpvestVerifyKeysUnavailable } from '../../../src/upvest/client/errors';
import type { SignedWebhookRequest, WebhookSignatureOptions } from '../../../src/upvest/webhooks/signature';
import { verifyWebhookSignature } from '../../../src/upvest/webhooks/signature';
import { webhookSignatureBase } from '../../../src/upvest/webhooks/signature-base';
import { rejection } from '../client/http-stub';
import { body, created, expires, keyId, signedWebhook, signer, v6Digest, v15Digest } from './webhook-fixture';

const known = (id: string) => Promise.resolve(id === keyId ? signer.publicKey : undefined);
const knows = (id: string) => id === keyId;
const policy = { expiry: 'warn', maxAheadMs: 300_000, maxAgeMs: 604_800_000 } as const;
const options: WebhookSignatureOptions = {
  keys: { keyFor: known, knows },
  now: () => created * 1000,
  policy,
};

function withHeaders(
  request: SignedWebhookRequest,
  changes: SignedWebhookRequest['headers'],
): SignedWebhookRequest {
  return { ...request, headers: { ...request.headers, ...changes } };
}

test('the base of the worked example of references/upvest.md#signed-webhook-example is reproduced byte for byte', () => {
  const base = webhookSignatureBase(
    'v6',
    [
      ['@method', 'POST'],
      ['@path', '/webhooks/upvest'],
      ['content-length', '199'],
      ['content-type', 'application/json'],
      ['digest', 'SHA-256=FX6LKod527bTSvrlyd6xJF8i4mymnYRdxtKemYrHgZg='],
    ],
    '("@method" "@path" "content-length" "content-type" "digest");keyid="11111111-2222-4333-8444-555555555555";created=1767344401;nonce="5173920486";expires=1767344461',
  );
  expect(createHash('sha512').update(base).digest('hex')).toBe(
    '66f3e3a7ee63fa237e7326551f2c1b6c2c99c4cab44e52d5762649cd621195243ece2c88ace54f4868f4d8bf2fb953d07ac0d7340b0c8006f0c80b549db34fe5',
  );
  expect(v6Digest(body)).toBe('SHA-256=FX6LKod527bTSvrlyd6xJF8i4mymnYRdxtKemYrHgZg=');
});

describe('accepted', () => {
  const everything = [
    '@method',
    '@path',
    '@query',
    '@authority',
    '@request-target',
    '@target-uri',
    '@scheme',
    'digest',
  ];
  test.each([
    ['v6', signedWebhook(), 'v6'],
    ['v15', signedWebhook({ form: 'v15' }), 'v15'],
    [
      'v15 by its header',
      signedWebhook({ form: 'v15', headers: { 'upvest-signature-version': '15' } }),
      'v15',
    ],
    ['v6 with raw r‖s', signedWebhook({ encoding: 'ieee-p1363' }), 'v6'],
    [
      'parameters in another order',
      signedWebhook({ params: `;created=${created};alg="x";keyid="${keyId}"` }),
      'v6',
    ],
    ['every derived component', signedWebhook({ covered: everything, query: '?a=%20b' }), 'v6'],
    ['an empty query', signedWebhook({ covered: ['@method', '@path', '@query', 'digest'] }), 'v6'],
    [
      'a digest in lower case, with others',
      signedWebhook({ headers: { digest: `md5=xx,sha-256=${v6Digest(body).slice(8)}` } }),
      'v6',
    ],
    ['blanks around values', withHeaders(signedWebhook(), { 'content-type': ' application/json ' }), 'v6'],
    [
      'a header that came twice',
      withHeaders(
        signedWebhook({ covered: ['@method', '@path', 'digest', 'via'], headers: { via: 'a, b' } }),
        {
          via: ['a', 'b '],
        },
      ),
      'v6',
    ],
  ])('%s', async (_what, request, version) => {
    const result = await verifyWebhookSignature(request, options);
    expect(result).toMatchObject({ ok: true, version, expired: false, keyId });
  });

  test('a chunked body whose signed length a proxy has dropped (14.45)', async () => {
    const request = withHeaders(signedWebhook(), {
      'content-length': undefined,
      'transfer-encoding': 'chunked',
    });
    expect(await verifyWebhookSignature(request, options)).toMatchObject({ ok: true });
    const longer = { ...request, body: Buffer.concat([body, Buffer.from(' ')]) };
    expect(await verifyWebhookSignature(longer, options)).toMatchObject({ ok: false });
  });

  test.each(['after', 'before'])('a signature of a gateway %s the one of Upvest (14.47)', async (place) => {
    const request = signedWebhook();
    const { signature, 'signature-input': input } = request.headers;
    const added = [
      'gw=("@method" "x, y";req "@status");created=1;keyid="gateway, eu"',
      `gw=:${Buffer.from('anything').toString('base64')}:`,
    ] as const;
    const both = (ours: string | string[] | undefined, theirs: string) =>
      place === 'after' ? `${String(ours)}, ${theirs}` : `${theirs},${String(ours)}`;
    const signedTwice = withHeaders(request, {
      'signature-input': both(input, added[0]),
      signature: both(signature, added[1]),
    });
    expect(await verifyWebhookSignature(signedTwice, options)).toMatchObject({ ok: true, keyId });
  });

  test('a gateway that covers the same with its own key costs no read of keys (14.47)', async () => {
    const request = signedWebhook();
    const input = String(request.headers['signature-input']);
    const theirs = input.replace('sig1=', 'gw=').replace(keyId, 'gateway');
    const signedTwice = withHeaders(request, {
      'signature-input': `${theirs}, ${input}`,
      signature: `gw=:AAAA:, ${String(request.headers.signature)}`,
    });
    const keyFor = jest.fn(known);
    const result = await verifyWebhookSignature(signedTwice, { ...options, keys: { keyFor, knows } });
    expect(result).toMatchObject({ ok: true, keyId });
    expect(keyFor.mock.calls).toEqual([[keyId]]);
  });

  test('one of two signatures with known keys that is right, as when Upvest changes its form (14.47)', async () => {
    const v6 = signedWebhook();
    const v15 = signedWebhook({ form: 'v15' });
    const label = (value: unknown) => String(value).replace('sig1', 'sig2');
    const twice = withHeaders(v6, {
      ...v15.headers,
      ...v6.headers,
      'signature-input': `${label(v15.headers['signature-input'])}, ${String(v6.headers['signature-input'])}`,
      signature: `sig2=:AAAA:, ${String(v6.headers.signature)}`,
    });
    expect(await verifyWebhookSignature(twice, options)).toMatchObject({ ok: true, version: 'v6' });
  });

  test('with a fingerprint of all that was signed, whatever form the signature has (14.36)', async () => {
    const fingerprintOf = async (request: SignedWebhookRequest) => {
      const result = await verifyWebhookSignature(request, options);
      return result.ok ? result.fingerprint : result.reason;
    };
    const first = await fingerprintOf(signedWebhook());
    // ECDSA signs the same bytes differently each time.
    expect(await fingerprintOf(signedWebhook())).toBe(first);
    const param = (nonce: string, at: number) => ({
      params: `;keyid="${keyId}";created=${at};nonce="${nonce}"`,
    });
    const others = [
      signedWebhook(param('1', created)),
      signedWebhook(param('2', created)),
      signedWebhook(param('1', created - 1)),
      signedWebhook({ ...param('1', created), body: Buffer.from('[]') }),
    ];
    const all = [first, ...(await Promise.all(others.map(fingerprintOf)))];
    expect(new Set(all).size).toBe(5);
  });
});

describe('refused', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey;
  const good = signedWebhook();
  const input = String(good.headers['signature-input']);
  const otherBody = Buffer.from(body.toString().replace('PROCESSING', 'FILLED'));
  const sha256 = v6Digest(body);

  test.each<[what: string, request: SignedWebhookRequest, reason: string]>([
    ['no signature', withHeaders(good, { signature: undefined }), 'SIGNATURE_HEADERS_MISSING'],
    ['no signature-input', withHeaders(good, { 'signature-input': '' }), 'SIGNATURE_HEADERS_MISSING'],
    [
      'no structured field',
      withHeaders(good, { 'signature-input': 'sig1=(@method' }),
      'SIGNATURE_HEADERS_MALFORMED',
    ],
    ['no base64', withHeaders(good, { signature: 'sig1=hello' }), 'SIGNATURE_HEADERS_MALFORMED'],
    ['another label', withHeaders(good, { signature: 'sig2=:AAAA:' }), 'SIGNATURE_HEADERS_MALFORMED'],
    [
      'one label twice',
      withHeaders(good, { 'signature-input': `${input}, ${input}` }),
      'SIGNATURE_HEADERS_MALFORMED',
    ],
    [
      'more signatures than anybody adds (14.47)',
      withHeaders(good, { 'signature-input': `${input}, a=(), b=(), c=(), d=()` }),
      'SIGNATURE_HEADERS_MALFORMED',
    ],
    ...['constructor', 'toString', '__proto__', 'hasOwnProperty'].map(
      (name): [string, SignedWebhookRequest, string] => [
        `a component named ${name} (14.34)`,
        signedWebhook({ covered: ['@method', '@path', 'digest', name] }),
        'COMPONENT_MISSING',
      ],
    ),
    ['no list', withHeaders(good, { 'signature-input': 'sig1="@method"' }), 'SIGNATURE_HEADERS_MALFORMED'],
    ['no key id', signedWebhook({ params: `;created=${created}` }), 'SIGNATURE_HEADERS_MALFORMED'],
    [
      'a component twice',
      signedWebhook({ covered: ['@method', '@path', '@path', 'digest'] }),
      'SIGNATURE_HEADERS_MALFORMED',
    ],
    [
      'a component with parameters',
      withHeaders(good, { 'signature-input': input.replace('"@path"', '"@path";req') }),
      'SIGNATURE_HEADERS_MALFORMED',
    ],
    ['method not covered', signedWebhook({ covered: ['@path', 'digest'] }), 'COVERAGE_INSUFFICIENT'],
    ['path not covered', signedWebhook({ covered: ['@method', 'digest'] }), 'COVERAGE_INSUFFICIENT'],
    [
      'body not covered',
      signedWebhook({ covered: ['@method', '@path', 'content-length'] }),
      'COVERAGE_INSUFFICIENT',
    ],
    ['nothing covered', signedWebhook({ covered: [] }), 'COVERAGE_INSUFFICIENT'],
    [
      'an unknown derived component',
      signedWebhook({ covered: ['@method', '@path', 'digest', '@status'] }),
      'COMPONENT_UNSUPPORTED',
    ],
    [
      'a covered header that did not arrive',
      withHeaders(good, { 'content-type': undefined }),
      'COMPONENT_MISSING',
    ],
    ['an unknown key', signedWebhook({ params: ';keyid="x"' }), 'KEY_UNKNOWN'],
    [
      'made in the future',
      signedWebhook({ params: `;keyid="${keyId}";created=${created + 301}` }),
      'CREATED_IN_FUTURE',
    ],
    [
      'made beyond the horizon (14.36)',
      signedWebhook({ params: `;keyid="${keyId}";created=${created - 604_801}` }),
      'CREATED_TOO_LONG_AGO',
    ],
    ['another body', { ...good, body: otherBody }, 'DIGEST_MISMATCH'],
    ['another body under v15', { ...signedWebhook({ form: 'v15' }), body: otherBody }, 'DIGEST_MISMATCH'],
    ['a digest of no known kind', signedWebhook({ headers: { digest: 'MD5=AAAA' } }), 'DIGEST_MISMATCH'],
    ['a digest that is none', signedWebhook({ headers: { digest: 'SHA-256=' } }), 'DIGEST_MISMATCH'],
    [
      'one right digest and one wrong',
      signedWebhook({ headers: { digest: `${sha256},SHA-512=AAAA` } }),
      'DIGEST_MISMATCH',
    ],
    [
      'one right digest header and one wrong',
      signedWebhook({
        form: 'v15',
        covered: ['@method', '@path', 'content-digest', 'digest'],
        headers: { digest: 'SHA-256=AAAA', 'content-digest': v15Digest(body) },
      }),
      'DIGEST_MISMATCH',
    ],
    [
      'a new digest for another body',
      { ...withHeaders(good, { digest: v6Digest(otherBody) }), body: otherBody },
      'SIGNATURE_MISMATCH',
    ],
    ['another key', signedWebhook({ key: other }), 'SIGNATURE_MISMATCH'],
    ['another path', { ...good, path: '/webhooks/other' }, 'SIGNATURE_MISMATCH'],
    ['another method', { ...good, method: 'PUT' }, 'SIGNATURE_MISMATCH'],
    ['another content type', withHeaders(good, { 'content-type': 'text/plain' }), 'SIGNATURE_MISMATCH'],
    [
      'another nonce',
      withHeaders(good, { 'signature-input': input.replace('5173920486', '5173920487') }),
      'SIGNATURE_MISMATCH',
    ],
    // Says v15 and is signed as v6: the two forms are never both tried.
    [
      'the wrong form',
      signedWebhook({ headers: { 'upvest-signature-version': '15' } }),
      'SIGNATURE_MISMATCH',
    ],
    ['bytes that are no signature', withHeaders(good, { signature: 'sig1=:AAAA:' }), 'SIGNATURE_MISMATCH'],
    [
      '132 bytes that are none',
      withHeaders(good, { signature: `sig1=:${Buffer.alloc(132).toString('base64')}:` }),
      'SIGNATURE_MISMATCH',
    ],
    ['no bytes', withHeaders(good, { signature: 'sig1=::' }), 'SIGNATURE_MISMATCH'],
  ])('%s', async (_what, request, reason) => {
    const result = await verifyWebhookSignature(request, options);
    expect(result).toEqual({ ok: false, reason, detail: expect.stringMatching(/\S.*\.$/) as string });
  });

  test('cheap checks run before the key is fetched, expensive ones after', async () => {
    const keyFor = jest.fn(known);
    const counted = { ...options, keys: { keyFor, knows } };
    await verifyWebhookSignature(signedWebhook({ covered: ['@method', 'digest'] }), counted);
    expect(keyFor).not.toHaveBeenCalled();
    await verifyWebhookSignature({ ...good, body: otherBody }, counted);
    expect(keyFor).toHaveBeenCalledWith(keyId);
  });
});

describe('expiry', () => {
  const at = (seconds: number) => ({ ...options, now: () => (expires + seconds) * 1000 });
  test.each<[string, WebhookSignatureOptions, object]>([
    ['in time', at(0), { ok: true, expired: false }],
    ['late by no more than clocks differ', at(30), { ok: true, expired: false }],
    ['late, policy warn', at(31), { ok: true, expired: true }],
    [
      'late, policy reject',
      { ...at(31), policy: { ...policy, expiry: 'reject' } },
      { ok: false, reason: 'EXPIRED' },
    ],
    ['a day late, policy warn', at(86_400), { ok: true, expired: true }],
  ])('%s', async (_what, given, expected) => {
    expect(await verifyWebhookSignature(signedWebhook(), given)).toMatchObject(expected);
  });

  test('a signature that names no end does not expire', async () => {
    const request = signedWebhook({ params: `;keyid="${keyId}"` });
    const given: WebhookSignatureOptions = { ...at(86_400), policy: { ...policy, expiry: 'reject' } };
    expect(await verifyWebhookSignature(request, given)).toMatchObject({ ok: true, expired: false });
  });
});

test('when the keys cannot be had, the request is neither good nor bad', async () => {
  const failure = new UpvestVerifyKeysUnavailable('away');
  const keyFor = () => Promise.reject(failure);
  const away = { ...options, keys: { keyFor, knows: () => false } };
  expect(await rejection(verifyWebhookSignature(signedWebhook(), away))).toBe(failure);
});

test.each([
  [300, true],
  [301, false],
  [-604_800, true],
  [-604_801, false],
])('a signature %d s ahead of our clock is accepted: %s, as the policy says (14.48)', async (seconds, ok) => {
  const now = () => (created - seconds) * 1000;
  expect(await verifyWebhookSignature(signedWebhook(), { ...options, now })).toMatchObject({ ok });
});
