import { createHash, randomUUID } from 'node:crypto';
import { contentDigest, requestSignatureBase } from '../../../../simulators/upvest/access/request-signature';
import { startBench, type UpvestBench } from '../support/bench';
import { placement, type RequestChange } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench({ tokenLifetimeSeconds: 60 });
});
afterAll(() => bench.close());

describe('the worked example of references/upvest.md#signed-request-example', () => {
  const body =
    '{"user_id":"0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11","account_id":"5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01",' +
    '"cash_amount":"250.00","currency":"EUR","side":"BUY"}';

  it('has the documented digests', () => {
    expect(contentDigest(Buffer.from(body))).toBe(
      'sha-512=:UkHtbBCYCeqPw9VntSSOKAZqUatFkcVQUAPyakItFrjLmxcuQYCfY0QDmIy38J8oja+ADn5YOFbTex85cvq1IQ==:',
    );
    expect(contentDigest(Buffer.from('{"hello": "world"}'))).toBe(
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    );
    expect(contentDigest(Buffer.from('{"key": "value"}'))).toBe(
      'sha-512=:Hd9/AvGZkbjitW1+Ml8Fg1ux1mtcDYe6mLQjDyoowIWa3LM/PmwN2v9O+MjtQGrCA3EQWUL54dlgxKHyYbrucw==:',
    );
  });

  it('has the documented signature base', () => {
    const components = [
      '@method',
      '@path',
      'accept',
      'authorization',
      'content-digest',
      'content-length',
      'content-type',
      'idempotency-key',
      'upvest-api-version',
      'upvest-client-id',
    ];
    const verbatim =
      `(${components.map((name) => `"${name}"`).join(' ')});keyid="11111111-2222-4333-8444-555555555555"` +
      ';created=1767225600;expires=1767225610;nonce="9f0c7a54-3d2e-4b1a-8c6f-7e5d4c3b2a19"';
    const headers = {
      accept: 'application/json',
      authorization: 'Bearer EXAMPLE.TOKEN',
      'content-digest': contentDigest(Buffer.from(body)),
      'content-length': '155',
      'content-type': 'application/json',
      'idempotency-key': '7d9c3c1e-5f0b-4a86-9a55-0e3b1c2d4f60',
      'upvest-api-version': '1',
      'upvest-client-id': '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
    };
    const request = { method: 'POST', target: '/portfolios/orders', headers, body: Buffer.from(body) };
    const base = requestSignatureBase(request, { components, verbatim });
    expect(base).toHaveLength(718);
    expect(createHash('sha512').update(base).digest('hex')).toBe(
      'c95f61d4bce0c0e2e3df5f26077345390933c86c32197d83bac7a09beb1919771d44e9c8dce69cc3d6301061685a83a06ffa20a27402405935d44bc9034756e7',
    );
  });
});

describe('signatures', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const bad: [string, () => RequestChange, RegExp][] = [
    [
      'a changed body',
      () => ({ sentBody: '{"title":"bat","url":"https://hooks.example.com"}' }),
      /SHA-512 of the body/,
    ],
    ['a corrupt signature', () => ({ corrupt: (bytes) => bytes.fill(1, 20, 30) }), /does not match/],
    ['P1363 instead of DER', () => ({ dsaEncoding: 'ieee-p1363' }), /DER/],
    ['an unknown key', () => ({ params: { keyid: randomUUID() } }), /not registered/],
    ['an expired signature', () => ({ params: { created: now() - 30, expires: now() - 5 } }), /expired/],
    [
      'a signature from the future',
      () => ({ params: { created: now() + 30, expires: now() + 40 } }),
      /future/,
    ],
    ['an excessive validity', () => ({ params: { expires: now() + 3600 } }), /at most/],
    ['no version', () => ({ headers: { 'upvest-signature-version': undefined } }), /version/],
    ['version 6', () => ({ headers: { 'upvest-signature-version': '6' } }), /version/],
    ['a charset', () => ({ headers: { 'content-type': 'application/json; charset=utf-8' } }), /Content-Type/],
    [
      'a digest of another body',
      () => ({ headers: { 'content-digest': contentDigest(Buffer.from('x')) } }),
      /digest/,
    ],
    ['no digest', () => ({ headers: { 'content-digest': undefined } }), /content-digest/],
    ['too few components', () => ({ components: ['@method', '@path'] }), /accept must be covered/],
  ];

  it.each(bad)('are rejected with %s', async (_what, change, detail) => {
    const body = { title: 'bad', url: 'https://hooks.example.com' };
    const answer = await bench.client.call('POST', '/webhooks', { body, ...change() });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ status: 401, detail: expect.stringMatching(detail) as string });
    expect(answer.headers['upvest-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('must cover the query, the date and the idempotency key', async () => {
    const base = ['@method', '@path', 'accept', 'authorization', 'upvest-client-id', 'upvest-api-version'];
    const missing = async (target: string, headers: Record<string, string>): Promise<unknown> =>
      (await bench.client.call('GET', target, { components: base, headers })).json;
    expect(await missing('/webhooks?limit=5', {})).toMatchObject({
      detail: expect.stringContaining('@query') as string,
    });
    const date = new Date().toUTCString();
    expect(await missing('/webhooks', { date })).toMatchObject({
      detail: expect.stringContaining('date') as string,
    });
    const key = { 'idempotency-key': randomUUID() };
    expect(await missing('/webhooks', key)).toMatchObject({
      detail: expect.stringContaining('idempotency-key') as string,
    });
  });

  it('cannot be replayed: the nonce is remembered', async () => {
    const nonce = randomUUID();
    expect((await bench.client.call('GET', '/webhooks', { params: { nonce } })).status).toBe(200);
    const again = await bench.client.call('GET', '/webhooks', { params: { nonce } });
    expect([again.status, again.json]).toEqual([
      401,
      expect.objectContaining({ detail: expect.stringContaining('nonce') as string }),
    ]);
  });

  it('have no effect when rejected', async () => {
    const key = randomUUID();
    const corrupt = (bytes: Buffer): Buffer => bytes.fill(1, 20, 30);
    expect((await bench.client.place(placement(), key, { corrupt })).status).toBe(401);
    expect(bench.simulator.control.portfolioOrders()).toEqual([]);
    expect(bench.simulator.control.placementRequests()[key]).toBe(1);
  });
});

describe('tokens', () => {
  it('are opaque, with lifetime and scope', async () => {
    const answer = await bench.client.token('orders:read portfolios:read');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.stringMatching(/^[a-zA-Z0-9\-._~+/]+=*$/) as string,
      expires_in: 60,
      token_type: 'bearer',
      scope: 'orders:read portfolios:read',
    });
  });

  it('require a signature', async () => {
    expect(
      (await bench.client.token('orders:read', { headers: { signature: 'none' }, components: [] })).status,
    ).toBe(401);
  });

  it('are rejected for unknown scopes', async () => {
    expect((await bench.client.token('everything')).status).toBe(400);
  });

  it.each([
    ['GET', `/orders/${randomUUID()}`, 'portfolios:admin'],
    ['DELETE', `/portfolios/orders/${randomUUID()}`, 'portfolios:read orders:admin'],
    ['GET', '/portfolios/orders', 'orders:admin webhooks:admin'],
    ['GET', '/auth/verify_keys', 'orders:admin'],
    ['POST', `/webhooks/${randomUUID()}/test`, 'webhooks:read'],
  ])('without the scope of %s %s get 403', async (method, path, scope) => {
    const answer = await bench.client.call(method, path, { scope });
    expect([answer.status, (answer.json as { status: number }).status]).toEqual([403, 403]);
  });

  it('that are unknown or expired get 401', async () => {
    const unknown = await bench.client.call('GET', '/webhooks', {
      headers: { authorization: 'Bearer none' },
    });
    expect(unknown.status).toBe(401);
    expect((await bench.client.call('GET', '/webhooks', { scope: 'webhooks:read' })).status).toBe(200);
    bench.simulator.control.expireTokens();
    expect((await bench.client.call('GET', '/webhooks', { scope: 'webhooks:read' })).status).toBe(401);
    bench.client.forgetTokens();
    expect((await bench.client.call('GET', '/webhooks', { scope: 'webhooks:read' })).status).toBe(200);
  });
});

describe('headers', () => {
  it('must accept JSON', async () => {
    expect((await bench.client.call('GET', '/webhooks', { headers: { accept: '*/*' } })).status).toBe(406);
  });

  it('must identify the client', async () => {
    const none = await bench.client.call('GET', '/webhooks', { headers: { 'upvest-client-id': undefined } });
    expect(none.status).toBe(400);
    const other = await bench.client.call('GET', '/webhooks', {
      headers: { 'upvest-client-id': randomUUID() },
    });
    expect(other.status).toBe(401);
  });
});
