/** Taxes, fees, fills above and below the amount, and the sums of the control plane. */
import Big from 'big.js';
import type { Execution, Order } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { orderPlacement, placement } from '../support/client';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeAll(async () => {
  bench = await startBench({ children: 3 });
  scenarioOrders = new ScenarioOrders(bench);
});
afterAll(() => bench.close());

const sum = (amounts: string[]): Big => amounts.reduce((total, amount) => total.plus(amount), new Big(0));
const cashOf = (executions: Execution[]): Big => sum(executions.map(({ cash_amount: cash }) => cash));
const taxesOf = (executions: Execution[]): Big =>
  sum(executions.flatMap(({ taxes }) => taxes.map(({ amount }) => amount)));

async function executionsOf(settings: object, change: object): Promise<Execution[]> {
  const { orders } = await scenarioOrders.ended(await scenarioOrders.placed(settings, change));
  return orders.flatMap(({ executions }) => executions);
}

describe('taxes', () => {
  it('of a post-tax SELL are added, so that the amount remains after taxes', async () => {
    const id = await scenarioOrders.placed({ taxPercent: '26.375' }, { side: 'SELL', post_tax: true });
    const { orders, amounts, portfolioOrder } = await scenarioOrders.ended(id);
    expect(portfolioOrder).toMatchObject({ post_tax: true, cash_amount: '250.00' });
    expect(sum(orders.map(({ cash_amount: cash }) => cash)).toFixed(2)).toBe('250.00');
    const executions = orders.flatMap((order) => order.executions);
    expect(executions).toHaveLength(3);
    for (const { cash_amount: cash, taxes, share_quantity: quantity, price } of executions) {
      expect(taxes).toEqual([{ type: 'TOTAL', amount: new Big(cash).times('0.26375').toFixed(2) }]);
      expect(new Big(quantity).times(price).toFixed(2)).toBe(cash);
    }
    const net = cashOf(executions).minus(taxesOf(executions));
    expect(net.minus('250.00').abs().lte('0.03')).toBe(true);
    expect(cashOf(executions).gt('330')).toBe(true);
    expect(amounts).toEqual([
      {
        side: 'SELL',
        currency: 'EUR',
        filled: '0.00',
        settled: cashOf(executions).toFixed(2),
        cancelled: '0.00',
        taxes: taxesOf(executions).toFixed(2),
      },
    ]);
  });

  it('of a pre-tax SELL are deducted from the amount', async () => {
    const executions = await executionsOf({ taxPercent: '25' }, { side: 'SELL', cash_amount: '100.00' });
    expect([cashOf(executions).toFixed(2), taxesOf(executions).toFixed(2)]).toEqual(['100.00', '25.00']);
  });

  it('are zero on a BUY', async () => {
    const executions = await executionsOf({ taxPercent: '25' }, { post_tax: true });
    expect(cashOf(executions).toFixed(2)).toBe('250.00');
    expect(executions.map(({ taxes }) => taxes)).toEqual(Array(3).fill([{ type: 'TOTAL', amount: '0' }]));
  });

  it('of 100 % or more are rejected by the control plane', async () => {
    const { account_id: account } = placement();
    for (const taxPercent of ['100', '-1', '']) {
      const answer = await bench.client.control('PUT', `/accounts/${String(account)}`, { taxPercent });
      expect(answer.status).toBe(400);
    }
  });
});

describe('fees', () => {
  it('are zero by default', async () => {
    const { orders } = await scenarioOrders.ended(await scenarioOrders.placed({}));
    expect(orders.map(({ fee }) => fee)).toEqual(['0.0', '0.0', '0.0']);
  });

  it('are on every order, from NEW on, and change no other amount', async () => {
    const id = await scenarioOrders.placed({ orderFee: '0.99' }, { cash_amount: '100.00' });
    const { orders, events, amounts } = await scenarioOrders.ended(id);
    expect(orders.map(({ fee }) => fee)).toEqual(['0.99', '0.99', '0.99']);
    const reported = events.filter(({ type }) => type.startsWith('ORDER.'));
    expect(reported.length).toBeGreaterThanOrEqual(9);
    for (const { object } of reported) expect(object).toMatchObject({ fee: '0.99' });
    expect(amounts).toMatchObject([{ settled: '100.00', taxes: '0.00' }]);
  });

  it('of a cancelled order and of a single order are read, too', async () => {
    const id = await scenarioOrders.placed({ orderFee: '2', scenario: 'PARTNER_CANCEL' });
    const { orders } = await scenarioOrders.ended(id, 'CANCELLED');
    expect(orders.map(({ fee, status }) => [fee, status])).toEqual(Array(3).fill(['2', 'CANCELLED']));
    const request = orderPlacement({ cash_amount: '100.00' });
    const path = `/accounts/${String(request.account_id)}`;
    expect((await bench.client.control('PUT', path, { orderFee: '1.50' })).status).toBe(200);
    const placed = (await bench.client.placeOrder(request)).json as Order;
    expect((await bench.client.call('GET', `/orders/${placed.id}`)).json).toMatchObject({ fee: '1.50' });
    expect((await bench.client.control('PUT', path, { orderFee: '-1' })).status).toBe(400);
  });
});

describe('fill ratio', () => {
  it.each([
    ['99.7', '997.00'],
    ['101', '1010.00'],
  ])('of %s %% executes %s of 1000.00', async (fillsAtPercent, executed) => {
    const executions = await executionsOf({ fillsAtPercent }, { cash_amount: '1000.00' });
    expect(cashOf(executions).minus(executed).abs().lte('0.03')).toBe(true);
  });

  it('applies to individual orders, too, and combines with taxes', async () => {
    const request = orderPlacement({ side: 'SELL', cash_amount: '100.00' });
    const settings = { fillsAtPercent: '99.5', taxPercent: '10' };
    const path = `/accounts/${String(request.account_id)}`;
    expect((await bench.client.control('PUT', path, settings)).status).toBe(200);
    const { id } = (await bench.client.placeOrder(request)).json as Order;
    const read = async (): Promise<Order> => (await bench.client.call('GET', `/orders/${id}`)).json as Order;
    await until(() => bench.simulator.control.truth().some(({ orderId }) => orderId === id));
    expect((await read()).executions).toMatchObject([
      { cash_amount: '99.50', taxes: [{ type: 'TOTAL', amount: '9.95' }] },
    ]);
    expect((await bench.client.control('PUT', path, { fillsAtPercent: '0.0' })).status).toBe(400);
  });
});

describe('control plane', () => {
  it('truth log has the amount of every order and execution', async () => {
    const id = await scenarioOrders.placed({ scenario: 'MISTRADE_AFTER_SETTLED' });
    await until(() => scenarioOrders.count(id, 'EXECUTION.CANCELLED') === 1);
    const { orders, amounts } = scenarioOrders.truth(id);
    const [settled, taken] = [orders.slice(0, 2), orders.slice(2)].map((some) =>
      cashOf(some.flatMap(({ executions }) => executions)).toFixed(2),
    );
    expect(amounts).toEqual([
      { side: 'BUY', currency: 'EUR', filled: '0.00', settled, cancelled: taken, taxes: '0.00' },
    ]);
    const own = bench.simulator.control.truth().filter((entry) => entry.portfolioOrderId === id);
    const last = new Map(own.map((entry) => [entry.id, [entry.status, entry.cashAmount]]));
    expect(last.get(id)).toEqual(['SETTLED', '250.00']);
    for (const order of orders) {
      expect(last.get(order.id)).toEqual(['FILLED', order.cash_amount]);
      for (const { id: executionId, status, cash_amount: cash } of order.executions) {
        expect(last.get(executionId)).toEqual([status, cash]);
      }
    }
  });

  it('sums the executions of a rebalancing by side', async () => {
    const { control } = bench.simulator;
    const { user_id: userId, account_id: accountId } = placement();
    const draft = { userId: String(userId), accountId: String(accountId), cashAmount: '90.00' };
    const { id } = control.initiate({ ...draft, type: 'REBALANCING' }).portfolioOrder;
    const { amounts } = await scenarioOrders.ended(id);
    expect(amounts.map(({ side }) => side).sort()).toEqual(['BUY', 'SELL']);
    expect(sum(amounts.map(({ settled }) => settled)).toFixed(2)).toBe('90.00');
  });

  it('counts the portfolio orders of each account', async () => {
    const request = placement();
    await bench.client.place(request);
    await bench.client.place(request);
    const counts = (await bench.client.control('GET', '/portfolio-order-counts')).json as object;
    expect(counts).toEqual(bench.simulator.control.portfolioOrderCounts());
    expect(counts).toMatchObject({ [String(request.account_id)]: 2 });
  });
});
