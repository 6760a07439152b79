import { randomUUID } from 'node:crypto';
import Big from 'big.js';
import { wellKnownInstruments, type Order, type Scenario } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { orderPlacement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
  await bench.client.subscribe(bench.receiver.url);
});
afterAll(() => bench.close());

const isinOf = (scenario: Scenario): string =>
  Object.entries(wellKnownInstruments).find(([, own]) => own === scenario)?.[0] ?? '';

async function placed(change: object = {}): Promise<Order> {
  const answer = await bench.client.placeOrder(orderPlacement(change));
  expect([answer.status, answer.json]).toMatchObject([202, { status: 'NEW' }]);
  return answer.json as Order;
}

const read = async (id: string): Promise<Order> =>
  (await bench.client.call('GET', `/orders/${id}`)).json as Order;
/** Statuses that the order and its executions took. */
const statusesOf = (id: string): string[] =>
  bench.simulator.control
    .truth()
    .filter((entry) => entry.id === id || entry.orderId === id)
    .map(({ kind, status }) => `${kind}.${status}`);

async function statusesUntil(id: string, last: string): Promise<string[]> {
  await until(() => statusesOf(id).at(-1) === last);
  return statusesOf(id);
}

const happyPath = ['ORDER.NEW', 'ORDER.PROCESSING', 'EXECUTION.FILLED', 'ORDER.FILLED', 'EXECUTION.SETTLED'];

describe('an individual order', () => {
  it('fills and settles without a portfolio order, as its events show', async () => {
    const { id } = await placed({ client_reference: 'mine', currency: 'USD' });
    expect(await statusesUntil(id, 'EXECUTION.SETTLED')).toEqual(happyPath);
    expect(await read(id)).toMatchObject({
      status: 'FILLED',
      client_reference: 'mine',
      initiation_flow: 'API',
      currency: 'USD',
      cash_amount: '250.00',
      quantity: '0',
    });
    await bench.simulator.control.whenDelivered();
    const own = bench.receiver.events.filter(({ object }) => object.id === id || object.order_id === id);
    expect(own.map(({ type }) => type)).toEqual(happyPath);
    expect(bench.simulator.control.portfolioOrders()).toEqual([]);
  });

  it('with a quantity executes exactly that, in whole shares if it is whole', async () => {
    const account_id = randomUUID();
    bench.simulator.control.configureAccount(account_id, { scenario: 'PARTIAL_FILLS' });
    const { id } = await placed({ account_id, cash_amount: undefined, quantity: '7', order_type: 'LIMIT' });
    await statusesUntil(id, 'EXECUTION.SETTLED');
    const { executions, cash_amount } = await read(id);
    expect(cash_amount).toBe('0');
    expect(executions.map(({ share_quantity: quantity }) => quantity)).toEqual(['1', '1', '1', '1', '3']);
    for (const { cash_amount: cash, price, share_quantity } of executions) {
      expect(new Big(share_quantity).times(price).toFixed(2)).toBe(cash);
    }
  });

  it('is placed once per idempotency key', async () => {
    const key = randomUUID();
    const request = orderPlacement();
    const first = await bench.client.placeOrder(request, key);
    const second = await bench.client.placeOrder(request, key);
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect((await bench.client.placeOrder(orderPlacement(), key)).status).toBe(409);
    const without = await bench.client.call('POST', '/orders', { body: request });
    expect(without.json).toMatchObject({
      status: 400,
      type: expect.stringContaining('missing_idempotency_key') as string,
    });
  });

  it.each([
    [400, 'an unknown property', { side_effect: 1 }],
    [400, 'neither user nor business', { user_id: undefined }],
    [400, 'both user and business', { business_id: randomUUID() }],
    [400, 'neither cash nor quantity', { cash_amount: undefined }],
    [400, 'both cash and quantity', { quantity: '1' }],
    [400, 'a fraction of a cent', { cash_amount: '1.005' }],
    [400, 'a bad ISIN', { instrument_id: 'IE00' }],
    [400, 'a reference that is too long', { client_reference: 'x'.repeat(101) }],
    [422, 'a LIMIT on an amount', { order_type: 'LIMIT', limit_price: '10' }],
    [422, 'a STOP on a fraction', { order_type: 'STOP', cash_amount: undefined, quantity: '1.5' }],
    [422, 'an unknown account', { account_id: '51a10000-0000-4000-8000-000000000013' }],
  ])('is rejected with %s for %s', async (status, _what, change) => {
    const answer = await bench.client.placeOrder(orderPlacement(change));
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
  });

  it('requires the scope orders:admin', async () => {
    const call = (method: string, path: string): Promise<{ status: number }> =>
      bench.client.call(method, path, { scope: 'orders:read portfolios:admin' });
    expect((await call('POST', '/orders')).status).toBe(403);
    expect((await call('DELETE', `/orders/${randomUUID()}`)).status).toBe(403);
  });
});

describe('the instrument selects the scenario:', () => {
  it("five executions for the instrument of Upvest's sandbox", async () => {
    const { id } = await placed({ instrument_id: 'IE00B5M1WJ87' });
    await until(() => statusesOf(id).filter((step) => step === 'EXECUTION.SETTLED').length === 5);
    expect((await read(id)).executions).toHaveLength(5);
  });

  it('partner cancel', async () => {
    const { id } = await placed({ instrument_id: isinOf('PARTNER_CANCEL') });
    expect(await statusesUntil(id, 'ORDER.CANCELLED')).toEqual([
      'ORDER.NEW',
      'ORDER.PROCESSING',
      'ORDER.CANCELLED',
    ]);
    expect((await read(id)).cancellation_reason).toBe('CANCELLED_BY_TRADING_PARTNER');
  });

  it('mistrade', async () => {
    const { id } = await placed({ instrument_id: isinOf('MISTRADE') });
    expect(await statusesUntil(id, 'EXECUTION.CANCELLED')).toEqual([
      ...happyPath.slice(0, -1),
      'EXECUTION.CANCELLED',
    ]);
  });

  it('even if the account has another one', async () => {
    const account_id = randomUUID();
    bench.simulator.control.configureAccount(account_id, { scenario: 'WAITS_IN_NEW' });
    const { id } = await placed({ account_id, instrument_id: isinOf('PARTNER_CANCEL') });
    await statusesUntil(id, 'ORDER.CANCELLED');
  });
});

describe('a cancel', () => {
  const cancel = async (id: string): Promise<void> => {
    const answer = await bench.client.call('DELETE', `/orders/${id}`);
    expect([answer.status, answer.json]).toEqual([202, { id }]);
  };

  it('ends an order in NEW', async () => {
    const { id } = await placed({ instrument_id: isinOf('WAITS_IN_NEW') });
    await cancel(id);
    expect(await statusesUntil(id, 'ORDER.CANCELLED')).toEqual(['ORDER.NEW', 'ORDER.CANCELLED']);
    expect((await read(id)).cancellation_reason).toBe('CANCELLED_BY_CLIENT');
  });

  it('cancels the rest of a partly filled order; its execution settles', async () => {
    const { id } = await placed({ instrument_id: isinOf('WAITS_IN_PROCESSING') });
    await statusesUntil(id, 'EXECUTION.FILLED');
    await cancel(id);
    expect(await statusesUntil(id, 'EXECUTION.SETTLED')).toEqual([
      'ORDER.NEW',
      'ORDER.PROCESSING',
      'EXECUTION.FILLED',
      'ORDER.CANCELLED',
      'EXECUTION.SETTLED',
    ]);
  });

  it('can be rejected or ignored', async () => {
    const refused = await placed({ instrument_id: isinOf('CANCEL_REFUSED') });
    const ignored = await placed({ instrument_id: isinOf('CANCEL_IGNORED') });
    for (const { id } of [refused, ignored]) {
      await statusesUntil(id, 'ORDER.PROCESSING');
      await cancel(id);
    }
    const rejected = [...happyPath.slice(0, 2), 'ORDER_CANCELLATION.REJECTED', ...happyPath.slice(2)];
    expect(await statusesUntil(refused.id, 'EXECUTION.SETTLED')).toEqual(rejected);
    expect(await statusesUntil(ignored.id, 'EXECUTION.SETTLED')).toEqual(happyPath);
  });

  it('of an ended order is rejected by an event', async () => {
    const { id } = await placed();
    await statusesUntil(id, 'EXECUTION.SETTLED');
    await cancel(id);
    await statusesUntil(id, 'ORDER_CANCELLATION.REJECTED');
    await bench.simulator.control.whenDelivered();
    expect(
      bench.receiver.events.find(({ object }) => object.order_id === id && 'reason' in object),
    ).toBeDefined();
    expect((await read(id)).status).toBe('FILLED');
  });

  it('of an unknown order returns 404', async () => {
    expect((await bench.client.call('DELETE', `/orders/${randomUUID()}`)).status).toBe(404);
  });
});
