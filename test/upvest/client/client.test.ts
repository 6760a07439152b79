import { randomUUID } from 'node:crypto';
import { UpvestUnauthorised, UpvestRefused } from '../../../src/upvest/client/errors';
import type { Reply } from './http-stub';
import { json, rejection, silence, text } from './http-stub';
import { verifyRequest } from './independent-verifier';
import type { UpvestStub } from './upvest-stub';
import { clientId, keyId, placedOrder, placeRequest, publicKey, startUpvest } from './upvest-stub';

const key = '7d9c3c1e-5f0b-4a86-9a55-0e3b1c2d4f60';
let stub: UpvestStub;
afterEach(() => stub.close());

/** Names of the headers, as they came. */
const names = (rawHeaders: string[]) => rawHeaders.filter((_name, index) => index % 2 === 0);

const unauthorised: Reply = json(401, { type: 'https://docs.upvest.co/errors/unauthorised', status: 401 });

describe('every call', () => {
  test('is signed so that Upvest can verify it', async () => {
    stub = await startUpvest(json(200, { ...placedOrder, data: [], keys: [] }));
    const { client } = stub;
    await client.createPortfolioOrder(placeRequest, key);
    await client.readPortfolioOrder(placedOrder.id);
    await client.listPortfolioOrders({ accountId: 'a b', startDate: '2026-01-02T00:00:00Z', limit: 1000 });
    await client.cancelPortfolioOrder(placedOrder.id);

    const verified = stub.arrived.map((request) => verifyRequest(request, publicKey));
    // Two scopes, two tokens.
    expect(stub.arrived.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /auth/token',
      'POST /portfolios/orders',
      'POST /auth/token',
      `GET /portfolios/orders/${placedOrder.id}`,
      'GET /portfolios/orders?account_id=a+b&start_date=2026-01-02T00%3A00%3A00Z&limit=1000',
      `DELETE /portfolios/orders/${placedOrder.id}`,
    ]);
    expect(new Set(verified.map(({ nonce }) => nonce)).size).toBe(6);
    expect(verified.every((signature) => signature.keyId === keyId)).toBe(true);
    expect(verified[0]?.components).not.toContain('authorization');
    expect(verified[1]?.components).toEqual(
      expect.arrayContaining(['idempotency-key', 'content-digest', 'authorization']),
    );
    expect(verified[4]?.components).toContain('@query');
  });

  test('carries the headers of references/upvest.md#headers-on-every-call and no others', async () => {
    stub = await startUpvest(json(202, placedOrder));
    await stub.client.createPortfolioOrder(placeRequest, key);
    await stub.client.cancelPortfolioOrder(placedOrder.id);
    const [token, post, remove] = stub.arrived;
    const common = [
      ...['host', 'connection', 'accept', 'upvest-api-version', 'upvest-client-id'],
      ...['signature-input', 'signature', 'upvest-signature-version'],
    ];
    const ofBody = ['content-type', 'content-digest', 'content-length'];
    expect(names(token?.rawHeaders ?? []).sort()).toEqual([...common, ...ofBody].sort());
    expect(names(post?.rawHeaders ?? []).sort()).toEqual(
      [...common, ...ofBody, 'authorization', 'idempotency-key'].sort(),
    );
    expect(names(remove?.rawHeaders ?? []).sort()).toEqual([...common, 'authorization'].sort());
    expect(post?.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
      'idempotency-key': key,
      'upvest-api-version': '1',
      'upvest-client-id': clientId,
      'upvest-signature-version': '15',
    });
  });
});

describe('the token', () => {
  test('is asked for by form, per scope, and used again', async () => {
    stub = await startUpvest(json(200, placedOrder));
    // Reads of the same order would share a request.
    const ids = [placedOrder.id, randomUUID(), randomUUID()];
    await Promise.allSettled(ids.map((id) => stub.client.readPortfolioOrder(id)));
    const [token, ...others] = stub.on('/auth/token');
    expect(others).toEqual([]);
    expect(token?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(token?.body.toString()))).toEqual({
      client_id: clientId,
      client_secret: 's3cret & more',
      grant_type: 'client_credentials',
      scope: 'portfolios:read orders:read',
    });
    const tokens = ids
      .flatMap((id) => stub.on(`/portfolios/orders/${id}`))
      .map(({ headers }) => headers.authorization);
    expect(tokens).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-1']);
  });

  test('that is no longer good is replaced once, with the same key and body and a new signature', async () => {
    stub = await startUpvest((response, request) => {
      const good = request.headers.authorization === 'Bearer token-2';
      (good ? json(200, placedOrder) : unauthorised)(response, request);
    });
    await expect(stub.client.createPortfolioOrder(placeRequest, key)).resolves.toMatchObject({
      id: placedOrder.id,
    });
    const [first, second, ...more] = stub.on('/portfolios/orders');
    expect(more).toEqual([]);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    const nonces = [first, second].map((request) => request && verifyRequest(request, publicKey).nonce);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('that is refused when fresh ends the call: no third attempt', async () => {
    stub = await startUpvest(unauthorised);
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, key));
    expect(error).toBeInstanceOf(UpvestUnauthorised);
    expect(error).toMatchObject({ code: 'UPVEST_UNAUTHORISED', next: 'ask-a-human', status: 401 });
    expect(stub.on('/portfolios/orders')).toHaveLength(2);
  });
});

describe('placing', () => {
  test('sends the fields of references/upvest.md#place-a-portfolio-order and nothing else', async () => {
    stub = await startUpvest(json(201, placedOrder));
    const request = { ...placeRequest, postTax: true, reference: 'ours' };
    const order = await stub.client.createPortfolioOrder(request, key);
    expect(JSON.parse(stub.on('/portfolios/orders')[0]?.body.toString() ?? '')).toEqual({
      user_id: placeRequest.userId,
      account_id: placeRequest.accountId,
      cash_amount: '250.00',
      currency: 'EUR',
      side: 'BUY',
      post_tax: true,
    });
    expect(order).toMatchObject({
      cash_amount: '250.00',
      updated_at: '2026-01-02T09:00:00.250Z',
      orders: [],
    });
    expect(order).not.toHaveProperty('user_id');
    expect(order.client_reference).toBeUndefined();
  });

  test('omits post_tax when the request does not set it', async () => {
    stub = await startUpvest(json(200, placedOrder));
    await stub.client.createPortfolioOrder(placeRequest, key);
    expect(stub.on('/portfolios/orders')[0]?.body.toString()).not.toContain('post_tax');
  });

  test('a second call with the same key sends the same bytes under a new signature', async () => {
    stub = await startUpvest(json(200, placedOrder));
    await stub.client.createPortfolioOrder(placeRequest, key);
    await stub.client.createPortfolioOrder(placeRequest, key);
    const [first, second] = stub.on('/portfolios/orders');
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['signature-input']).not.toBe(first?.headers['signature-input']);
    expect(second?.headers['idempotency-key']).toBe(key);
  });
});

describe('cancelling', () => {
  test.each([
    ['200 with a body', json(200, { id: '1' })],
    ['202 without one', text(202, '')],
    ['204', text(204, '')],
  ])('%s is accepted', async (_what, reply) => {
    stub = await startUpvest(reply);
    await expect(stub.client.cancelPortfolioOrder('1')).resolves.toBe('accepted');
    expect(stub.on('/portfolios/orders/1')[0]?.body).toHaveLength(0);
  });

  test.each([400, 409, 422])('%i is a refusal', async (status) => {
    const problem = {
      type: 'https://docs.upvest.co/errors/conflict',
      status,
      title: 'No',
      request_id: 'r-1',
    };
    stub = await startUpvest(json(status, problem));
    await expect(stub.client.cancelPortfolioOrder('1')).resolves.toEqual({
      refused: { status, code: 'conflict', type: problem.type, title: 'No', requestId: 'r-1' },
    });
  });

  test('404 is an unknown order', async () => {
    stub = await startUpvest(json(404, { type: 'not_found', status: 404 }));
    const error = await rejection(stub.client.cancelPortfolioOrder('1'));
    expect(error).toBeInstanceOf(UpvestRefused);
    expect(error).toMatchObject({ status: 404, problem: { code: 'not_found' } });
  });
});

test('lists say how many there are, where Upvest says so', async () => {
  stub = await startUpvest(
    json(200, { meta: { count: 1, limit: 1, offset: 0, total_count: 7 }, data: [placedOrder] }),
  );
  const page = await stub.client.listPortfolioOrders({ limit: 1, offset: 0 });
  expect(page).toMatchObject({ totalCount: 7, orders: [{ id: placedOrder.id }] });
  expect(stub.arrived.at(-1)?.url).toBe('/portfolios/orders?limit=1&offset=0');
});

test('an order is read with its executions', async () => {
  const execution = {
    id: 'x',
    status: 'FILLED',
    cash_amount: '150.00',
    currency: 'EUR',
    share_quantity: '.5',
    price: '300',
  };
  stub = await startUpvest(
    json(200, { id: 'o', status: 'FILLED', executions: [execution], limit_price: '' }),
  );
  const order = await stub.client.readOrder('o');
  expect(order.executions).toMatchObject([{ id: 'x', share_quantity: '0.5' }]);
  expect(stub.arrived.at(-1)?.url).toBe('/orders/o');
});

test('webhooks are created disabled, listed, and enabled by PATCH', async () => {
  const webhook = {
    id: 'w',
    title: 't',
    url: 'https://h.example',
    enabled: false,
    type: ['ORDER'],
    config: {},
  };
  stub = await startUpvest((response, request) => {
    if (request.method === 'GET') json(200, { meta: {}, data: [webhook] })(response, request);
    else json(201, { ...webhook, enabled: request.method === 'PATCH' })(response, request);
  });
  const { client } = stub;
  const create = {
    title: 't',
    url: 'https://h.example',
    types: ['ORDER'],
    delay: '1s',
    maxPackageSize: 51200,
  };
  await expect(client.createWebhook(create)).resolves.toMatchObject({ id: 'w', enabled: false });
  await expect(client.listWebhooks()).resolves.toMatchObject([{ url: 'https://h.example' }]);
  await expect(client.enableWebhook('w')).resolves.toMatchObject({ enabled: true });
  const [created] = stub.on('/webhooks');
  expect(JSON.parse(created?.body.toString() ?? '')).toEqual({
    title: 't',
    url: 'https://h.example',
    type: ['ORDER'],
    config: { delay: '1s', max_package_size: 51200 },
  });
  expect(created?.headers).not.toHaveProperty('idempotency-key');
  expect(stub.arrived.at(-1)).toMatchObject({ method: 'PATCH', url: '/webhooks/w' });
  expect(stub.arrived.at(-1)?.body.toString()).toBe('{"enabled":true}');
});

describe('the caller’s signal', () => {
  const reason = new Error('no longer wanted');

  test('ends a read with its own reason', async () => {
    stub = await startUpvest(silence);
    const controller = new AbortController();
    const read = rejection(stub.client.readOrder('1', { signal: controller.signal }));
    while (stub.on('/orders/1').length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    expect(await read).toBe(reason);
  });

  test('given up before anything is sent, sends nothing', async () => {
    stub = await startUpvest(json(200, placedOrder));
    const signal = AbortSignal.abort(reason);
    expect(await rejection(stub.client.createPortfolioOrder(placeRequest, key, { signal }))).toBe(reason);
    expect(stub.on('/portfolios/orders')).toEqual([]);
  });

  test('ends the wait for a token, which others may go on waiting for', async () => {
    let issue: (() => void) | undefined;
    stub = await startUpvest(json(200, placedOrder), {}, (response, request) => {
      issue = () => {
        json(200, { access_token: 't', expires_in: 100 })(response, request);
      };
    });
    const controller = new AbortController();
    const given = rejection(stub.client.readPortfolioOrder(placedOrder.id, { signal: controller.signal }));
    const patient = stub.client.readPortfolioOrder(placedOrder.id);
    while (issue === undefined) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    expect(await given).toBe(reason);
    issue();
    await expect(patient).resolves.toMatchObject({ id: placedOrder.id });
    expect(stub.on('/auth/token')).toHaveLength(1);
  });
});
