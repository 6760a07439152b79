import { randomUUID } from 'node:crypto';
import {
  wellKnownAllocation,
  type AccountSettings,
  type RebalancingOrder,
  type TruthEntry,
} from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
  await bench.client.subscribe(bench.receiver.url);
});
afterEach(() => {
  bench.simulator.control.resume();
});
afterAll(() => bench.close());

const path = '/portfolios/rebalancings/executions';

async function started(body: object): Promise<string> {
  const answer = await bench.client.rebalance(body);
  expect([answer.status, answer.json]).toEqual([200, { id: expect.any(String) as string }]);
  return (answer.json as { id: string }).id;
}

async function ordersOf(executionId: string): Promise<RebalancingOrder[]> {
  const answer = await bench.client.call('GET', `${path}/${executionId}/orders`);
  const { meta, data } = answer.json as { meta: object; data: RebalancingOrder[] };
  expect(meta).toMatchObject({ total_count: data.length, sort: 'status', order: 'ASC' });
  return data;
}

const newAccount = (settings: AccountSettings = {}): string => {
  const id = randomUUID();
  bench.simulator.control.configureAccount(id, settings);
  return id;
};

/** The orders of the execution, once all have ended. */
async function ended(executionId: string): Promise<RebalancingOrder[]> {
  const ids = (await ordersOf(executionId)).map(({ id }) => id);
  const isEnd = ({ id, status }: TruthEntry): boolean =>
    ids.includes(id) && (status === 'FILLED' || status === 'CANCELLED');
  await until(() => bench.simulator.control.truth().filter(isEnd).length === ids.length);
  return ordersOf(executionId);
}

it('of an account first has no portfolio order, then one of type REBALANCING', async () => {
  const { control } = bench.simulator;
  const account = newAccount({ children: 4 });
  control.pause();
  const id = await started({ accounts: [account] });
  expect((await bench.client.call('GET', `${path}/${id}`)).json).toEqual({
    id,
    created_at: expect.any(String) as string,
    updated_at: expect.any(String) as string,
    accounts: [account],
  });
  const [first] = await ordersOf(id);
  expect(first).toMatchObject({
    execution_id: id,
    account_id: account,
    portfolio_order_id: null,
    status: 'NEW',
  });
  control.resume();
  const [order] = await ended(id);
  expect(order?.status).toBe('FILLED');
  const portfolioOrderId = order?.portfolio_order_id ?? '';
  await until(() => control.portfolioOrder(portfolioOrderId).portfolioOrder.status === 'SETTLED');
  const { portfolioOrder, orders } = control.portfolioOrder(portfolioOrderId);
  expect(portfolioOrder).toMatchObject({ account_id: account, type: 'REBALANCING' });
  expect(orders.map(({ side }) => side)).toEqual(['SELL', 'BUY', 'SELL', 'BUY']);
  for (const child of orders) {
    expect(child).toMatchObject({
      initiation_flow: 'PORTFOLIO_REBALANCING',
      client_reference: portfolioOrderId,
    });
  }
  await control.whenDelivered();
  const own = bench.receiver.events.filter(({ object }) => object.execution_id === id);
  expect(own.map(({ type, object }) => [type, object.portfolio_order_id])).toEqual([
    ['REBALANCING_EXECUTION_ORDER.NEW', null],
    ['REBALANCING_EXECUTION_ORDER.PROCESSING', portfolioOrderId],
    ['REBALANCING_EXECUTION_ORDER.FILLED', portfolioOrderId],
  ]);
});

it('of an allocation includes all of its accounts', async () => {
  const id = await started({ allocations: [wellKnownAllocation] });
  expect((await bench.client.call('GET', `${path}/${id}`)).json).toMatchObject({
    allocations: [wellKnownAllocation],
  });
  const orders = await ended(id);
  expect(orders.map(({ status, portfolio_order_id: own }) => [status, own !== null])).toEqual([
    ['CANCELLED', false],
    ['FILLED', true],
    ['FILLED', true],
  ]);
});

it('is CANCELLED without a portfolio order, with a reason', async () => {
  const id = await started({
    accounts: [newAccount({ rejectRebalancingWith: 'CONFIGURATION_IS_MISSING' })],
  });
  const [order] = await ended(id);
  expect(order).toMatchObject({
    status: 'CANCELLED',
    portfolio_order_id: null,
    cancellation_reason: 'CONFIGURATION_IS_MISSING',
    cancellation_details: expect.any(String) as string,
  });
});

it('is CANCELLED for an unknown account', async () => {
  const id = await started({ accounts: ['51a10000-0000-4000-8000-000000000013'] });
  expect((await ended(id))[0]?.cancellation_reason).toBe('ACCOUNT_NOT_FOUND');
});

it('ends CANCELLED with its portfolio order', async () => {
  const id = await started({ accounts: [newAccount({ rejectWith: 'ACCOUNT_IS_EMPTY' })] });
  const [order] = await ended(id);
  const { portfolioOrder } = bench.simulator.control.portfolioOrder(order?.portfolio_order_id ?? '');
  expect(order?.cancellation_reason).toBe('ACCOUNT_IS_EMPTY');
  expect(portfolioOrder).toMatchObject({ status: 'CANCELLED', cancellation_reason: 'ACCOUNT_IS_EMPTY' });
});

it('is started once per idempotency key', async () => {
  const key = randomUUID();
  const body = { accounts: [newAccount()] };
  const answers = [await bench.client.rebalance(body, key), await bench.client.rebalance(body, key)];
  expect(answers[0]?.text).toBe(answers[1]?.text);
});

it.each([
  [400, {}],
  [400, { accounts: [] }],
  [400, { accounts: [randomUUID()], allocations: [randomUUID()] }],
  [404, { allocations: [randomUUID()] }],
])('is rejected with %s for %j', async (status, body) => {
  expect((await bench.client.rebalance(body)).status).toBe(status);
});

it('requires the scopes of portfolios', async () => {
  const call = async (method: string, target: string, scope: string): Promise<number> =>
    (await bench.client.call(method, target, { scope })).status;
  expect(await call('POST', path, 'portfolios:read')).toBe(403);
  expect(await call('GET', `${path}/${randomUUID()}`, 'orders:admin')).toBe(403);
  expect(await call('GET', `${path}/${randomUUID()}/orders`, 'portfolios:read')).toBe(404);
});
