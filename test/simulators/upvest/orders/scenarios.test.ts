import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Big from 'big.js';
import {
  wellKnownAccounts,
  wellKnownInstruments,
  type AccountSettings,
  type PortfolioOrder,
  type PortfolioOrderTruth,
  type Scenario,
} from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const truthOf = (id: string): PortfolioOrderTruth => bench.simulator.control.portfolioOrder(id);
const typesOf = (id: string): string[] => truthOf(id).events.map(({ type }) => type);
const statusesOf = (id: string): string[] => truthOf(id).orders.map(({ status }) => status);
const cancel = (id: string): Promise<unknown> => bench.client.call('DELETE', `/portfolios/orders/${id}`);

async function placed(settings: AccountSettings, change: object = {}): Promise<string> {
  const request = placement(change);
  bench.simulator.control.configureAccount(String(request.account_id), settings);
  return ((await bench.client.place(request)).json as PortfolioOrder).id;
}

async function ended(id: string, status: string): Promise<PortfolioOrderTruth> {
  await until(() => truthOf(id).portfolioOrder.status === status);
  return truthOf(id);
}

describe('account scenario', () => {
  it('PARTIAL_FILLS gives each child five executions', async () => {
    const { orders } = await ended(await placed({ scenario: 'PARTIAL_FILLS', children: 2 }), 'SETTLED');
    expect(orders.map(({ executions }) => executions.length)).toEqual([5, 5]);
  });

  it('PARTNER_CANCEL cancels every child and the portfolio order', async () => {
    const id = await placed({ scenario: 'PARTNER_CANCEL', children: 2 });
    const { orders, portfolioOrder } = await ended(id, 'CANCELLED');
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_UPVEST');
    expect(orders.map(({ cancellation_reason: reason }) => reason)).toEqual(
      Array(2).fill('CANCELLED_BY_TRADING_PARTNER'),
    );
  });

  it('PARTNER_CANCEL_LAST_CHILD cancels the last child and fills the others', async () => {
    const id = await placed({ scenario: 'PARTNER_CANCEL_LAST_CHILD', children: 3 });
    await ended(id, 'SETTLED');
    expect(statusesOf(id)).toEqual(['FILLED', 'FILLED', 'CANCELLED']);
  });

  it('LAGGING_TYPE sends NEW late, with status PROCESSING and all children', async () => {
    const id = await placed({ scenario: 'LAGGING_TYPE', children: 3 });
    await ended(id, 'SETTLED');
    const late = truthOf(id).events.find(({ type }) => type === 'PORTFOLIO_ORDER.NEW');
    expect(late?.object).toMatchObject({ status: 'PROCESSING', orders: [{}, {}, {}] });
    expect(typesOf(id).filter((type) => type.startsWith('PORTFOLIO_ORDER.'))).toEqual(
      ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'].map((status) => `PORTFOLIO_ORDER.${status}`),
    );
    const moments = truthOf(id).events.map(({ created_at }) => Date.parse(created_at));
    expect(moments).toEqual([...new Set(moments)].sort((one, other) => one - other));
  });

  it('EXECUTION_FIRST sends the execution of each child before the child', async () => {
    const id = await placed({ scenario: 'EXECUTION_FIRST', children: 2 });
    const { events, orders } = await ended(id, 'SETTLED');
    for (const order of orders) {
      const own = events.filter(({ object }) => Object.values(object).includes(order.id));
      expect(own.map(({ type }) => type)).toEqual([
        'EXECUTION.FILLED',
        'ORDER.NEW',
        'ORDER.PROCESSING',
        'ORDER.FILLED',
        'EXECUTION.SETTLED',
      ]);
    }
    expect(events).toHaveLength(4 + 5 * 2);
  });

  it('MISTRADE cancels an execution of the last child after FILLED', async () => {
    const id = await placed({ scenario: 'MISTRADE', children: 2 });
    const { orders } = await ended(id, 'SETTLED');
    expect(orders.map(({ executions }) => executions[0]?.status)).toEqual(['SETTLED', 'CANCELLED']);
    expect(typesOf(id).indexOf('EXECUTION.CANCELLED')).toBeGreaterThan(
      typesOf(id).indexOf('PORTFOLIO_ORDER.FILLED'),
    );
  });

  it('CROSSED_PRICES executes sells at a higher price than buys', async () => {
    const price = async (side: string): Promise<string> => {
      const id = await placed({ scenario: 'CROSSED_PRICES', children: 1 }, { side });
      return (await ended(id, 'SETTLED')).orders[0]?.executions[0]?.price ?? '';
    };
    expect(new Big(await price('SELL')).gt(await price('BUY'))).toBe(true);
  });

  it('WAITS_IN_NEW stays NEW until a cancel', async () => {
    const id = await placed({ scenario: 'WAITS_IN_NEW' });
    await ended(await placed({}), 'SETTLED');
    expect(typesOf(id)).toEqual(['PORTFOLIO_ORDER.NEW']);
    await cancel(id);
    await ended(id, 'CANCELLED');
    expect(typesOf(id)).toEqual(['PORTFOLIO_ORDER.NEW', 'PORTFOLIO_ORDER.CANCELLED']);
  });

  it('WAITS_IN_PROCESSING has children in every status; a cancel ends them as FILLED or CANCELLED', async () => {
    const id = await placed({ scenario: 'WAITS_IN_PROCESSING' });
    await until(() => typesOf(id).filter((type) => type === 'EXECUTION.FILLED').length === 3);
    await until(() => statusesOf(id).filter((status) => status === 'FILLED').length === 2);
    expect(statusesOf(id)).toEqual(['FILLED', 'FILLED', 'PROCESSING', 'NEW', 'NEW']);
    await cancel(id);
    const { portfolioOrder } = await ended(id, 'CANCELLED');
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
    expect(statusesOf(id)).toEqual(['FILLED', 'FILLED', 'FILLED', 'CANCELLED', 'CANCELLED']);
    await until(() => typesOf(id).filter((type) => type === 'EXECUTION.SETTLED').length === 4);
  });

  it.each(['PROCESSING', 'NEW'])('CANCEL_IGNORED accepts a cancel in %s without effect', async (status) => {
    const id = await cancelledIn(status, 'CANCEL_IGNORED');
    await ended(id, 'SETTLED');
    expect(typesOf(id)).toHaveLength(4 + 5 * 2);
    expect(typesOf(id).join()).not.toMatch(/CANCEL/);
  });

  it.each(['PROCESSING', 'NEW'])(
    'CANCEL_REFUSED emits a rejection per child for a cancel in %s',
    async (status) => {
      const id = await cancelledIn(status, 'CANCEL_REFUSED');
      const { orders, events } = await ended(id, 'SETTLED');
      const rejections = events.filter(({ type }) => type === 'ORDER_CANCELLATION.REJECTED');
      expect(rejections.map(({ object }) => object)).toEqual(
        orders.map(({ id: order_id }) => ({
          order_id,
          status: 'REJECTED',
          reason: expect.any(String) as string,
        })),
      );
      expect(statusesOf(id)).toEqual(['FILLED', 'FILLED']);
    },
  );

  async function cancelledIn(status: string, scenario: Scenario): Promise<string> {
    const { control } = bench.simulator;
    if (status === 'NEW') control.pause();
    const id = await placed({ scenario, children: 2 });
    await until(() => statusesOf(id).every((child) => child === 'PROCESSING'));
    await until(() => truthOf(id).portfolioOrder.status === status);
    await cancel(id);
    // The cancel is decided by now: it has no delay here, and this call follows it.
    await bench.client.call('GET', `/portfolios/orders/${id}`);
    control.resume();
    return id;
  }

  it('ACCOUNT_NOT_FOUND returns 404', async () => {
    const request = placement();
    bench.simulator.control.configureAccount(String(request.account_id), { scenario: 'ACCOUNT_NOT_FOUND' });
    expect((await bench.client.place(request)).status).toBe(404);
  });
});

describe('account settings', () => {
  it.each([
    ['SELL', '900.01', 'CANCELLED', 'SELL_LIMIT_EXCEEDED'],
    ['SELL', '900.00', 'SETTLED', undefined],
    ['BUY', '900.01', 'SETTLED', undefined],
  ])('end a %s of %s from 1000.00 as %s', async (side, cash_amount, status, reason) => {
    const id = await placed({ nav: '1000.00' }, { side, cash_amount });
    const { portfolioOrder } = await ended(id, status);
    expect(portfolioOrder.cancellation_reason).toBe(reason);
  });

  it('set the initiation flow of children, with the portfolio order as reference', async () => {
    const accountId = randomUUID();
    const { control } = bench.simulator;
    control.configureAccount(accountId, { childInitiationFlow: 'SAVINGS_PLAN' });
    const { id } = control.initiate({ userId: randomUUID(), accountId, cashAmount: '50' }).portfolioOrder;
    const { orders } = await ended(id, 'SETTLED');
    expect(new Set(orders.map(({ initiation_flow: flow }) => flow))).toEqual(new Set(['SAVINGS_PLAN']));
    expect(new Set(orders.map(({ client_reference: reference }) => reference))).toEqual(new Set([id]));
  });
});

describe('well-known accounts', () => {
  it('and instruments match the README', async () => {
    const path = join(__dirname, '../../../../simulators/upvest/README.md');
    const rows = (await readFile(path, 'utf8')).split('\n').filter((line) => line.startsWith('|'));
    const listed = rows.flatMap((row) => /`(…0\d{3}|IE[A-Z0-9]{10})`/.exec(row)?.[1] ?? []);
    expect(listed).toEqual([
      ...wellKnownAccounts.map(({ id }) => `…${id.slice(-4)}`),
      ...Object.keys(wellKnownInstruments),
    ]);
    for (const [isin, scenario] of Object.entries(wellKnownInstruments)) {
      expect(rows.find((row) => row.includes(isin))).toContain(scenario);
    }
    for (const { id, settings } of wellKnownAccounts) {
      expect(rows.find((row) => row.includes(`…${id.slice(-4)}`))).toContain(Object.keys(settings)[0]);
      expect(id).toMatch(/^51a10000-0000-4000-8000-\d{12}$/);
    }
  });

  it.each([
    ['000000000002', { side: 'BUY' }, 'SETTLED', undefined],
    ['000000000003', { side: 'BUY' }, 'CANCELLED', 'CANCELLED_BY_UPVEST'],
    ['000000000014', { side: 'SELL' }, 'CANCELLED', 'ACCOUNT_IS_EMPTY'],
    ['000000000015', { side: 'BUY' }, 'CANCELLED', 'PORTFOLIO_IS_BALANCED'],
    ['000000000016', { side: 'SELL', cash_amount: '901.00' }, 'CANCELLED', 'SELL_LIMIT_EXCEEDED'],
  ])('…%s ends %j as %s without set-up', async (end, change, status, reason) => {
    const request = placement({ ...change, account_id: `51a10000-0000-4000-8000-${end}` });
    const { id } = (await bench.client.place(request)).json as PortfolioOrder;
    expect((await ended(id, status)).portfolioOrder.cancellation_reason).toBe(reason);
  });
});
