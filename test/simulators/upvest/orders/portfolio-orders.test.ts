import { randomUUID } from 'node:crypto';
import Big from 'big.js';
import type { Execution, Order, PortfolioOrder, PortfolioOrderTruth } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench({ executionsPerOrder: 2 });
});
afterEach(() => {
  bench.simulator.control.resume();
});
afterAll(() => bench.close());

async function placed(change: object = {}): Promise<PortfolioOrder> {
  return (await bench.client.place(placement(change))).json as PortfolioOrder;
}

async function ended(id: string, status = 'SETTLED'): Promise<PortfolioOrderTruth> {
  await until(() => bench.simulator.control.portfolioOrder(id).portfolioOrder.status === status);
  return bench.simulator.control.portfolioOrder(id);
}

const sum = (amounts: string[]): string =>
  amounts.reduce((total, amount) => total.plus(amount), new Big(0)).toFixed(2);
const typesOf = ({ events }: PortfolioOrderTruth): string[] => events.map(({ type }) => type);

describe('placement', () => {
  it('returns the new order without children and with an empty reference', async () => {
    const request = placement({ post_tax: true });
    const answer = await bench.client.place(request);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      user_id: request.user_id,
      account_id: request.account_id,
      cash_amount: '250.00',
      currency: 'EUR',
      status: 'NEW',
      type: 'BUY',
      post_tax: true,
      client_reference: '',
      initiation_flow: 'API',
      orders: [],
    });
    expect(answer.json).not.toHaveProperty('side');
  });

  it('repeats the first response for the same key and body, even after the order has progressed', async () => {
    const key = randomUUID();
    const request = placement();
    const first = await bench.client.place(request, key);
    await ended((first.json as PortfolioOrder).id);
    const second = await bench.client.place(request, key);
    expect(second.status).toBe(200);
    expect(second.text).toBe(first.text);
    expect(bench.simulator.control.placementRequests()[key]).toBe(2);
  });

  it('creates one order for ten concurrent requests with the same key', async () => {
    const key = randomUUID();
    const request = placement();
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.client.place(request, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const own = bench.simulator.control
      .portfolioOrders()
      .filter(({ portfolioOrder }) => portfolioOrder.account_id === request.account_id);
    expect(own).toHaveLength(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('rejects the same key with a different body', async () => {
    const key = randomUUID();
    await bench.client.place(placement(), key);
    const answer = await bench.client.place(placement(), key);
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({ type: expect.stringMatching(/\/conflict$/) as string, status: 409 });
  });

  it('does not store a key whose request was rejected', async () => {
    const key = randomUUID();
    expect((await bench.client.place(placement({ currency: 'USD' }), key)).status).toBe(400);
    expect((await bench.client.place(placement(), key)).status).toBe(200);
  });

  it.each([
    ['an unknown property', { client_reference: 'mine' }],
    ['a missing side', { side: undefined }],
    ['an empty amount', { cash_amount: '' }],
    ['a zero amount', { cash_amount: '0.00' }],
    ['a number as amount', { cash_amount: 250 }],
    ['a negative amount', { cash_amount: '-1' }],
    ['a rebalancing', { side: 'REBALANCING' }],
    ['an account id that is not a UUID', { account_id: 'mine' }],
  ])('rejects %s with 400', async (_what, change) => {
    const answer = await bench.client.place(placement(change));
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status: 400, request_id: answer.headers['upvest-request-id'] });
  });

  it('reports a missing idempotency key', async () => {
    const answer = await bench.client.call('POST', '/portfolios/orders', { body: placement() });
    expect(answer.status).toBe(400);
    expect((answer.json as { type: string }).type).toMatch(/\/missing_idempotency_key$/);
  });
});

describe('happy path', () => {
  it.each(['BUY', 'SELL'])('preserves the cash of a %s from order to executions', async (side) => {
    const { id } = await placed({ side, cash_amount: '100.01' });
    const { portfolioOrder, orders } = await ended(id);
    expect(portfolioOrder.type).toBe(side);
    expect(orders).toHaveLength(5);
    expect(sum(orders.map(({ cash_amount }) => cash_amount))).toBe('100.01');
    for (const order of orders) {
      expect(order).toMatchObject({
        side,
        client_reference: id,
        initiation_flow: 'PORTFOLIO',
        status: 'FILLED',
      });
      expect(order.instrument_id).toMatch(/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/);
      expect(order.executions).toHaveLength(2);
      expect(sum(order.executions.map(({ cash_amount }) => cash_amount))).toBe(order.cash_amount);
      for (const { share_quantity, price, cash_amount } of order.executions) {
        expect(new Big(share_quantity).times(price).toFixed(2)).toBe(cash_amount);
      }
    }
    expect(new Set(orders.map(({ instrument_id }) => instrument_id)).size).toBe(5);
  });

  it('gives every child of a tiny order at least a cent', async () => {
    const { orders } = await ended((await placed({ cash_amount: '0.03' })).id);
    expect(orders.map(({ cash_amount }) => cash_amount)).toEqual(['0.01', '0.01', '0.01']);
  });

  it('emits events in a valid order, with unique timestamps', async () => {
    const truth = await ended((await placed()).id);
    const types = typesOf(truth);
    expect(types).toHaveLength(4 + 5 * 3 + 5 * 2 * 2);
    expect(types[0]).toBe('PORTFOLIO_ORDER.NEW');
    expect(types.indexOf('PORTFOLIO_ORDER.PROCESSING')).toBe(types.indexOf('ORDER.PROCESSING') + 1);
    expect(types.indexOf('PORTFOLIO_ORDER.FILLED')).toBe(types.lastIndexOf('ORDER.FILLED') + 1);
    expect(types.at(-1)).toBe('PORTFOLIO_ORDER.SETTLED');
    const moments = truth.events.map(({ created_at }) => Date.parse(created_at));
    expect(moments).toEqual([...new Set(moments)].sort((one, other) => one - other));
    expect(truth.events[0]?.object).toMatchObject({ status: 'NEW', orders: [] });
    for (const order of truth.orders) {
      const own = truth.events.filter(({ object }) => 'id' in object && object.id === order.id);
      expect(own.map(({ type }) => type)).toEqual(['ORDER.NEW', 'ORDER.PROCESSING', 'ORDER.FILLED']);
    }
  });

  it('returns order, children and executions to reads', async () => {
    const { id, account_id } = await placed();
    const { portfolioOrder, orders } = await ended(id);
    expect((await bench.client.call('GET', `/portfolios/orders/${id}`)).json).toEqual(portfolioOrder);
    expect(portfolioOrder.orders).toEqual(orders.map(({ id, side }) => ({ id, side, status: 'FILLED' })));
    const [child] = orders;
    const order = (await bench.client.call('GET', `/orders/${child?.id}`)).json as Order;
    expect(order).toEqual(child);
    const execution = order.executions[1];
    const path = `/orders/${order.id}/executions/${execution?.id}`;
    expect((await bench.client.call('GET', path)).json as Execution).toEqual(execution);
    expect(execution?.status).toBe('SETTLED');
    const list = async (query: string): Promise<number> =>
      ((await bench.client.call('GET', `/accounts/${account_id}/orders${query}`)).json as { data: Order[] })
        .data.length;
    expect([await list(''), await list('?status=FILLED'), await list('?status=NEW')]).toEqual([5, 5, 0]);
  });
});

describe('cancel', () => {
  it('ends an order in NEW immediately, without children', async () => {
    bench.simulator.control.pause();
    const { id } = await placed();
    const answer = await bench.client.call('DELETE', `/portfolios/orders/${id}`);
    expect([answer.status, answer.text]).toEqual([202, '']);
    await ended(id, 'CANCELLED');
    bench.simulator.control.resume();
    // The pending timers of the cancelled order fire while another order progresses.
    await ended((await placed()).id);
    const truth = bench.simulator.control.portfolioOrder(id);
    expect(typesOf(truth)).toEqual(['PORTFOLIO_ORDER.NEW', 'PORTFOLIO_ORDER.CANCELLED']);
    expect(truth.portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
  });

  it('cancels children in NEW while the others fill and settle', async () => {
    const { control } = bench.simulator;
    control.changePace({ childSpacingMs: 60_000, fillAfterMs: 60_000 });
    const { id } = await placed();
    await until(() => control.portfolioOrder(id).portfolioOrder.status === 'PROCESSING');
    await bench.client.call('DELETE', `/portfolios/orders/${id}`);
    await until(() => control.portfolioOrder(id).orders.some(({ status }) => status === 'CANCELLED'));
    expect(control.portfolioOrder(id).portfolioOrder.status).toBe('PROCESSING');
    control.changePace({ childSpacingMs: 1, fillAfterMs: 1 });
    const { orders } = await ended(id, 'CANCELLED');
    expect(orders.map(({ status }) => status)).toEqual(['FILLED', ...Array<string>(4).fill('CANCELLED')]);
    await until(
      () => typesOf(control.portfolioOrder(id)).filter((type) => type === 'EXECUTION.SETTLED').length === 2,
    );
    expect(control.portfolioOrder(id).portfolioOrder.status).toBe('CANCELLED');
  });

  it('is accepted without effect for an order without a cancellable child', async () => {
    const { id } = await placed();
    const before = await ended(id);
    expect((await bench.client.call('DELETE', `/portfolios/orders/${id}`)).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bench.simulator.control.portfolioOrder(id)).toEqual(before);
  });

  it('can be caused by Upvest or by a failed check', async () => {
    const { control } = bench.simulator;
    control.changePace({ fillAfterMs: 60_000 });
    const { id } = await placed();
    await until(() => control.portfolioOrder(id).portfolioOrder.status === 'PROCESSING');
    expect(control.cancelPortfolioOrder(id)).toBe(true);
    expect(control.cancelPortfolioOrder(id)).toBe(false);
    control.changePace({ fillAfterMs: 1 });
    expect((await ended(id, 'CANCELLED')).portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_UPVEST');

    const request = placement({ side: 'SELL' });
    control.configureAccount(String(request.account_id), { rejectWith: 'SELL_LIMIT_EXCEEDED' });
    const rejected = (await bench.client.place(request)).json as PortfolioOrder;
    const truth = await ended(rejected.id, 'CANCELLED');
    expect(truth.portfolioOrder.cancellation_reason).toBe('SELL_LIMIT_EXCEEDED');
    expect(truth.orders).toEqual([]);
  });

  it('by the partner for one child leaves the portfolio order FILLED; mistrades are possible', async () => {
    const { control } = bench.simulator;
    control.changePace({ fillAfterMs: 60_000, settleAfterMs: 60_000 });
    const { id } = await placed();
    await until(() => control.portfolioOrder(id).orders.length === 5);
    expect(control.cancelOrder(control.portfolioOrder(id).orders[4]?.id ?? '')).toBe(true);
    control.changePace({ fillAfterMs: 1 });
    const { orders } = await ended(id, 'FILLED');
    expect(control.cancelExecution(orders[0]?.executions[0]?.id ?? '')).toBe(true);
    control.changePace({ settleAfterMs: 1 });
    const truth = await ended(id, 'SETTLED');
    expect(truth.orders.at(-1)).toMatchObject({
      status: 'CANCELLED',
      cancellation_reason: 'CANCELLED_BY_TRADING_PARTNER',
    });
    const statuses = truth.orders.flatMap(({ executions }) => executions.map(({ status }) => status));
    expect(statuses).toEqual(['CANCELLED', ...Array<string>(7).fill('SETTLED')]);
  });
});
