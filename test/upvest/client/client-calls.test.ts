/**
 * Requests and answers of all calls except those about portfolio orders (references/upvest.md#individual-orders,
 * #rebalancing, #webhook-subscriptions).
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createUpvestClient } from '../../../src/upvest/client/client';
import { UpvestOutcomeUnknown, UpvestRefused } from '../../../src/upvest/client/errors';
import { json, rejection, text } from './http-stub';
import type { Arrived, Reply } from './http-stub';
import { fieldOf } from './independent-verifier';
import type { UpvestStub } from './upvest-stub';
import { clientId, keyId, privateKey, startUpvest } from './upvest-stub';

const key = '7d9c3c1e-5f0b-4a86-9a55-0e3b1c2d4f60';
let stub: UpvestStub;
afterEach(() => stub.close());

/** The one request other than the token's. */
function sent(): Arrived {
  const [request, ...others] = stub.arrived.filter(({ url }) => url !== '/auth/token');
  if (request === undefined || others.length > 0) throw new Error(`${others.length + 1} requests, not one`);
  return request;
}

const scopeOf = (call: Arrived | undefined) => new URLSearchParams(call?.body.toString()).get('scope');
const start = async (reply: Reply) => {
  stub = await startUpvest(reply);
  return stub.client;
};

/** references/upvest.md#execution, with a field and a status of tomorrow. */
const execution = {
  id: 'x-1',
  order_id: 'o-1',
  status: 'NOVATED',
  side: 'BUY',
  cash_amount: '150.00',
  currency: 'EUR',
  share_quantity: '1.3271',
  price: '113.03',
  transaction_time: '2026-01-02T09:00:01.38Z',
  taxes: [{ type: 'TOTAL', amount: '' }],
  venue_id: 'v-1',
  of_tomorrow: true,
};

describe('one execution', () => {
  test('is read below its order', async () => {
    const client = await start(json(200, execution));
    const read = await client.readExecution('o/1', 'x-1');
    expect(sent()).toMatchObject({ method: 'GET', url: '/orders/o%2F1/executions/x-1' });
    expect(scopeOf(stub.on('/auth/token')[0])).toBe('portfolios:read orders:read');
    expect(read).toMatchObject({ id: 'x-1', status: 'NOVATED', share_quantity: '1.3271' });
    expect(read.taxes).toEqual([{ type: 'TOTAL', amount: undefined }]);
    expect(read).not.toHaveProperty('of_tomorrow');
  });

  test('that does not exist is refused with 404', async () => {
    const client = await start(json(404, { type: 'not_found', status: 404 }));
    const error = await rejection(client.readExecution('o', 'x'));
    expect(error).toBeInstanceOf(UpvestRefused);
    expect(error).toMatchObject({ status: 404 });
  });
});

describe('orders of an account', () => {
  const order = { id: 'o-1', status: 'FILLED', cash_amount: '', limit_price: '', executions: [execution] };

  test('are asked for with every filter there is', async () => {
    const client = await start(json(200, { meta: { total_count: 41 }, data: [order] }));
    const page = await client.listAccountOrders({
      accountId: 'a-1',
      status: 'FILLED',
      createdFrom: '2026-01-02T00:00:00Z',
      createdTo: '2026-01-03T00:00:00Z',
      limit: 20,
      offset: 40,
    });
    const url = new URL(sent().url, stub.url);
    expect(url.pathname).toBe('/accounts/a-1/orders');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      status: 'FILLED',
      date_created_from: '2026-01-02T00:00:00Z',
      date_created_to: '2026-01-03T00:00:00Z',
      limit: '20',
      offset: '40',
    });
    expect(page).toMatchObject({ totalCount: 41, orders: [{ id: 'o-1', executions: [{ id: 'x-1' }] }] });
    expect(page.orders[0]?.cash_amount).toBeUndefined();
  });

  test('are asked for with a status when nothing else is said, since Upvest’s default may be FILLED', async () => {
    const client = await start(json(200, { data: [] }));
    await expect(client.listAccountOrders({ accountId: 'a-1', status: 'NEW' })).resolves.toEqual({
      orders: [],
    });
    expect(sent().url).toBe('/accounts/a-1/orders?status=NEW');
  });
});

describe('a rebalancing', () => {
  test.each([
    ['accounts', { accounts: ['a-1', 'a-2'] }],
    ['allocations', { allocations: ['l-1'] }],
  ])('is started for %s and nothing else, under a key', async (_what, request) => {
    const client = await start(json(202, { id: 'r-1', status: 'of tomorrow' }));
    await expect(client.startRebalancing(request, key)).resolves.toBe('r-1');
    expect(sent()).toMatchObject({ method: 'POST', url: '/portfolios/rebalancings/executions' });
    expect(JSON.parse(sent().body.toString())).toEqual(request);
    expect(fieldOf(sent(), 'idempotency-key')).toBe(key);
    expect(scopeOf(stub.on('/auth/token')[0])).toBe('portfolios:admin');
  });

  test('that was answered by a gateway may have been started', async () => {
    const client = await start(text(504, ''));
    expect(await rejection(client.startRebalancing({ accounts: ['a'] }, key))).toBeInstanceOf(
      UpvestOutcomeUnknown,
    );
  });

  test('is read', async () => {
    const client = await start(
      json(200, { id: 'r-1', created_at: '2026-01-02T09:00:00Z', accounts: ['a-1'], allocations: null }),
    );
    await expect(client.readRebalancing('r-1')).resolves.toMatchObject({
      id: 'r-1',
      created_at: '2026-01-02T09:00:00.000Z',
      accounts: ['a-1'],
      allocations: [],
    });
    expect(sent()).toMatchObject({ method: 'GET', url: '/portfolios/rebalancings/executions/r-1' });
  });

  test('says which portfolio orders it became, as soon as there are any', async () => {
    const orders = [
      { id: '1', execution_id: 'r-1', account_id: 'a-1', portfolio_order_id: 'p-1', status: 'FILLED' },
      { id: '2', execution_id: 'r-1', account_id: 'a-2', portfolio_order_id: null, status: 'NEW' },
    ];
    const client = await start(json(200, { meta: { total_count: 2, sort: 'state' }, data: orders }));
    const page = await client.listRebalancingOrders('r-1', { limit: 2, offset: 0 });
    expect(sent().url).toBe('/portfolios/rebalancings/executions/r-1/orders?limit=2&offset=0');
    expect(page.totalCount).toBe(2);
    expect(page.orders.map(({ portfolio_order_id }) => portfolio_order_id)).toEqual(['p-1', undefined]);
  });

  test('lists its orders without saying how many', async () => {
    const client = await start(json(200, { data: [] }));
    await client.listRebalancingOrders('r-1');
    expect(sent().url).toBe('/portfolios/rebalancings/executions/r-1/orders');
  });
});

describe('a webhook', () => {
  const webhook = {
    id: 'w-1',
    title: '',
    url: 'https://h.example',
    enabled: false,
    type: ['ORDER', 'OF_TOMORROW'],
  };

  test('is read', async () => {
    const client = await start(json(200, { ...webhook, config: { delay: '1s' } }));
    await expect(client.readWebhook('w-1')).resolves.toEqual({
      ...webhook,
      title: undefined,
      config: { delay: '1s' },
    });
    expect(sent()).toMatchObject({ method: 'GET', url: '/webhooks/w-1' });
    expect(scopeOf(stub.on('/auth/token')[0])).toBe('webhooks:read');
  });

  test.each([
    [{ title: 'new' }, { title: 'new' }],
    [{ url: 'https://i.example' }, { url: 'https://i.example' }],
    [{ enabled: false }, { enabled: false }],
    [{ types: ['ALL'] }, { type: ['ALL'] }],
    [{ delay: '30s' }, { config: { delay: '30s' } }],
    [{ maxPackageSize: 100 }, { config: { max_package_size: 100 } }],
  ])('is changed by PATCH: %j', async (change, body) => {
    const client = await start(json(200, webhook));
    await client.updateWebhook('w-1', change);
    expect(sent()).toMatchObject({ method: 'PATCH', url: '/webhooks/w-1' });
    expect(JSON.parse(sent().body.toString())).toEqual(body);
    expect(scopeOf(stub.on('/auth/token')[0])).toBe('webhooks:admin');
  });

  test.each([200, 204])('is deleted: %i', async (status) => {
    const client = await start(text(status, ''));
    await expect(client.deleteWebhook('w-1')).resolves.toBeUndefined();
    expect(sent()).toMatchObject({ method: 'DELETE', url: '/webhooks/w-1', body: Buffer.alloc(0) });
  });

  test('is tested: Upvest reports what the address answered', async () => {
    const report = { url: 'https://h.example', response: { status: 503, headers: { a: 'b' }, body: 'away' } };
    const client = await start(json(200, report));
    await expect(client.testWebhook('w-1')).resolves.toEqual({
      url: 'https://h.example',
      response: { status: 503, body: 'away' },
    });
    expect(sent()).toMatchObject({ method: 'POST', url: '/webhooks/w-1/test', body: Buffer.alloc(0) });
    expect(fieldOf(sent(), 'content-type')).toBeUndefined();
  });

  test('is tested: the older form of the answer says nothing', async () => {
    const client = await start(text(202, ''));
    await expect(client.testWebhook('w-1')).resolves.toBe('accepted');
  });
});

test('by default fewer than 300 requests are let out in a second (references/upvest.md#rate-limits)', async () => {
  stub = await startUpvest(json(200, { keys: [] }));
  const letOutAt: number[] = [];
  const nonce = () => {
    letOutAt.push(performance.now());
    return randomUUID();
  };
  const options = { baseUrl: stub.url, clientId, clientSecret: 's', keyId, privateKey, nonce };
  const client = createUpvestClient(options);
  await Promise.all(Array.from({ length: 60 }, () => client.readVerifyKeys()));
  await client.close();
  const [, first = 0, ...others] = letOutAt;
  expect(others).toHaveLength(59);
  const seconds = ((others.at(-1) ?? 0) - first) / 1000;
  expect(others.length / seconds).toBeLessThan(300);
});
