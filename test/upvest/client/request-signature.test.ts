import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { signatureBase, signRequest } from '../../../src/upvest/client/request-signature';

const sha512 = (text: string | Buffer, encoding: 'hex' | 'base64') =>
  createHash('sha512').update(text).digest(encoding);

/** references/upvest.md#signed-request-example. */
const body = Buffer.from(
  '{"user_id":"0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11","account_id":"5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01","cash_amount":"250.00","currency":"EUR","side":"BUY"}',
);
const headers = {
  accept: 'application/json',
  authorization: 'Bearer EXAMPLE.TOKEN',
  'content-type': 'application/json',
  'idempotency-key': '7d9c3c1e-5f0b-4a86-9a55-0e3b1c2d4f60',
  'upvest-api-version': '1',
  'upvest-client-id': '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
};
const keyId = '11111111-2222-4333-8444-555555555555';
const parameters = {
  keyId,
  created: 1767225600,
  expires: 1767225610,
  nonce: '9f0c7a54-3d2e-4b1a-8c6f-7e5d4c3b2a19',
};
const contentDigest =
  'sha-512=:UkHtbBCYCeqPw9VntSSOKAZqUatFkcVQUAPyakItFrjLmxcuQYCfY0QDmIy38J8oja+ADn5YOFbTex85cvq1IQ==:';

const keys = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
const options = { keyId, privateKey: keys.privateKey, now: () => 1767225600_999, nonce: () => 'nonce-1' };

function covered(input: string): string[] {
  return [...input.slice(0, input.indexOf(')')).matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '');
}

describe('the worked example of references/upvest.md#signed-request-example', () => {
  const complete = { ...headers, 'content-digest': contentDigest, 'content-length': '155' };
  const request = { method: 'post', target: '/portfolios/orders', headers: complete, body };
  const { base, input } = signatureBase(request, parameters);

  test('the base is reproduced byte for byte', () => {
    expect(body).toHaveLength(155);
    expect(Buffer.byteLength(base)).toBe(718);
    expect(base.split('\n').slice(0, 3)).toEqual([
      '"@method": POST',
      '"@path": /portfolios/orders',
      '"accept": application/json',
    ]);
    expect(sha512(base, 'hex')).toBe(
      'c95f61d4bce0c0e2e3df5f26077345390933c86c32197d83bac7a09beb1919771d44e9c8dce69cc3d6301061685a83a06ffa20a27402405935d44bc9034756e7',
    );
  });

  test('the last line of the base is what goes into signature-input', () => {
    expect(base.endsWith(`\n"@signature-params": ${input}`)).toBe(true);
  });

  test('digest and length of the body are computed as given', async () => {
    const added = await signRequest({ method: 'POST', target: '/portfolios/orders', headers, body }, options);
    expect(added).toMatchObject({ 'content-digest': contentDigest, 'content-length': '155' });
  });
});

test.each([
  [
    '{"hello": "world"}',
    'WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==',
  ],
  [
    '{"key": "value"}',
    'Hd9/AvGZkbjitW1+Ml8Fg1ux1mtcDYe6mLQjDyoowIWa3LM/PmwN2v9O+MjtQGrCA3EQWUL54dlgxKHyYbrucw==',
  ],
])('the digest of %s is the one of Upvest’s documentation', async (text, digest) => {
  const added = await signRequest(
    { method: 'POST', target: '/x', headers, body: Buffer.from(text) },
    options,
  );
  expect(added['content-digest']).toBe(`sha-512=:${digest}:`);
});

test('the length is counted in bytes', async () => {
  const added = await signRequest(
    { method: 'POST', target: '/x', headers, body: Buffer.from('"ü€"') },
    options,
  );
  expect(added['content-length']).toBe('7');
});

describe('covered components (references/upvest.md#covered-components)', () => {
  const { authorization: _authorization, 'idempotency-key': _key, ...tokenHeaders } = headers;
  const { 'content-type': _type, ...noBody } = headers;
  const always = ['accept', 'authorization', 'upvest-api-version', 'upvest-client-id'];
  test.each([
    ['GET', '/orders/1', noBody, undefined, ['@method', '@path', ...always]],
    ['GET', '/orders?limit=1', noBody, undefined, ['@method', '@path', '@query', ...always]],
    ['DELETE', '/orders/1', noBody, undefined, ['@method', '@path', ...always]],
    // A content type or an idempotency key without a body is not covered.
    ['POST', '/webhooks/1/test', headers, undefined, ['@method', '@path', ...always]],
    [
      'POST',
      '/auth/token',
      tokenHeaders,
      body,
      ['@method', '@path', 'accept', 'content-digest', 'content-length', 'content-type', ...always.slice(2)],
    ],
    [
      'PATCH',
      '/webhooks/1',
      { ...headers, date: 'Fri, 02 Jan 2026 09:00:00 GMT' },
      body,
      [
        '@method',
        '@path',
        'accept',
        'authorization',
        'content-digest',
        'content-length',
        'content-type',
        'date',
        'idempotency-key',
        'upvest-api-version',
        'upvest-client-id',
      ],
    ],
  ])('%s %s', async (method, target, given, bytes, expected) => {
    const added = await signRequest({ method, target, headers: given, body: bytes }, options);
    expect(covered(added['signature-input'] ?? '')).toEqual(expected);
  });

  test('other headers are never covered', async () => {
    const others = {
      host: 'h',
      'user-agent': 'u',
      'x-request': 'x',
      'upvest-signature-version': '15',
      cookie: 'c',
    };
    const added = await signRequest(
      { method: 'GET', target: '/', headers: { ...headers, ...others } },
      options,
    );
    expect(covered(added['signature-input'] ?? '')).toEqual(['@method', '@path', ...always]);
  });

  test.each(['accept', 'upvest-client-id', 'content-type'])(
    'a request without %s is not signed',
    async (name) => {
      const rest = Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
      const signing = signRequest({ method: 'POST', target: '/', headers: rest, body }, options);
      await expect(signing).rejects.toThrow(name);
    },
  );

  test('the query is covered with its question mark and as it is encoded', () => {
    const { base } = signatureBase(
      { method: 'GET', target: '/a%20b?x=1%3A2&y', headers: noBody },
      parameters,
    );
    expect(base).toContain('\n"@path": /a%20b\n"@query": ?x=1%3A2&y\n');
  });
});

describe('the signature', () => {
  test('is ASN.1 DER over the base, by ECDSA with SHA-512', async () => {
    const request = { method: 'GET', target: '/orders/1', headers };
    const added = await signRequest(request, options);
    const [, base64 = ''] = /^sig1=:(.+):$/.exec(added.signature ?? '') ?? [];
    const { base } = signatureBase(request, {
      keyId,
      created: 1767225600,
      expires: 1767225630,
      nonce: 'nonce-1',
    });
    const signature = Buffer.from(base64, 'base64');
    expect(verify('sha512', Buffer.from(base), { key: keys.publicKey, dsaEncoding: 'der' }, signature)).toBe(
      true,
    );
    expect(verify('sha512', Buffer.from(`${base} `), keys.publicKey, signature)).toBe(false);
  });

  test('names its version, and expires at most 60 seconds after it was created', async () => {
    const added = await signRequest({ method: 'GET', target: '/', headers }, options);
    const [, created, expires] =
      /;created=(\d+);expires=(\d+);nonce="nonce-1"$/.exec(added['signature-input'] ?? '') ?? [];
    expect(added['upvest-signature-version']).toBe('15');
    expect(Number(created)).toBe(1767225600);
    expect(Number(expires)).toBeGreaterThan(1767225605);
    expect(Number(expires)).toBeLessThanOrEqual(1767225660);
  });
});
