/** What becomes of executions after trading: dates, mistrades, and a portfolio order ahead of its executions. */
import type { Execution } from '../../src/simulator/upvest';
import { startBench, until, type UpvestBench } from './support/upvest-bench';
import { Lives } from './support/upvest-lives';

let bench: UpvestBench;
let lives: Lives;

beforeAll(async () => {
  bench = await startBench({ children: 2 });
  lives = new Lives(bench);
});
afterEach(() => {
  bench.simulator.control.changePace({ settleAfterMs: 5, settledAheadMs: 500 });
});
afterAll(() => bench.close());

const executionsOf = (id: string): Execution[] =>
  lives.truth(id).orders.flatMap(({ executions }) => executions);
const datesOf = (id: string): (string | undefined)[] => [
  ...new Set(executionsOf(id).map(({ settlement_date: date }) => date)),
];
/** Over the API, as a client reads it. */
async function datesRead(id: string): Promise<(string | undefined)[]> {
  const orders = await Promise.all(
    lives.truth(id).orders.map((order) => bench.client.call('GET', `/orders/${order.id}`)),
  );
  return orders.flatMap(({ json }) =>
    (json as { executions: Execution[] }).executions.map(({ settlement_date: date }) => date),
  );
}

describe('settlement dates', () => {
  async function filled(settlementDate: string): Promise<string> {
    const id = await lives.placed({ scenario: 'WAITS_IN_FILLED', settlementDate });
    await lives.ended(id, 'FILLED');
    return id;
  }

  it('are those of the account', async () => {
    const id = await lives.placed({ settlementDate: '2031-05-02' });
    await lives.ended(id);
    expect(datesOf(id)).toEqual(['2031-05-02']);
    const event = lives.truth(id).events.find(({ type }) => type === 'EXECUTION.FILLED');
    expect(event?.object).toMatchObject({ settlement_date: '2031-05-02' });
  });

  it('can be missing', async () => {
    const id = await filled('none');
    expect(executionsOf(id).every((execution) => !('settlement_date' in execution))).toBe(true);
    expect(bench.simulator.control.changeSettlementDate(id, '2031-05-02')).toBe(2);
    expect(datesOf(id)).toEqual(['2031-05-02']);
  });

  it('change with an ORDER event for each child, which the truth log does not count', async () => {
    const id = await filled('2031-05-02');
    const before = lives.types(id).length;
    const truths = bench.simulator.control.truth().length;
    const updated = lives.truth(id).orders.map((order) => order.updated_at);
    expect(bench.simulator.control.changeSettlementDate(id, '2031-05-05')).toBe(2);
    expect(lives.types(id).slice(before)).toEqual(['ORDER.FILLED', 'ORDER.FILLED']);
    expect(lives.truth(id).events.at(-1)?.object).toMatchObject({
      status: 'FILLED',
      executions: [{ status: 'FILLED', settlement_date: '2031-05-05' }],
    });
    lives.truth(id).orders.forEach((order, index) => {
      expect(Date.parse(order.updated_at)).toBeGreaterThan(Date.parse(updated[index] ?? ''));
    });
    expect(bench.simulator.control.truth()).toHaveLength(truths);
    expect(await datesRead(id)).toEqual(['2031-05-05', '2031-05-05']);
    bench.simulator.control.proceed(id);
    expect(bench.simulator.control.changeSettlementDate(id, '2031-05-06')).toBe(0);
    expect(datesOf(id)).toEqual(['2031-05-05']);
  });

  it('change with EXECUTION events, for one order alone', async () => {
    const id = await filled('2031-05-02');
    const before = lives.types(id).length;
    const order = lives.truth(id).orders[1]?.id ?? '';
    expect(bench.simulator.control.changeSettlementDate(order, '2031-05-05', 'execution')).toBe(1);
    expect(lives.types(id).slice(before)).toEqual(['EXECUTION.FILLED']);
    expect(await datesRead(id)).toEqual(['2031-05-02', '2031-05-05']);
  });

  it('change in silence, so that only reads show it, also over HTTP', async () => {
    const id = await filled('2031-05-02');
    const before = lives.types(id).length;
    const path = `/portfolio-orders/${id}/settlement-date`;
    const answer = await bench.client.control('POST', path, { date: '2031-05-05', told: 'nothing' });
    expect([answer.status, answer.json]).toEqual([200, { changed: 2 }]);
    expect(lives.types(id)).toHaveLength(before);
    expect(await datesRead(id)).toEqual(['2031-05-05', '2031-05-05']);
    expect((await bench.client.control('POST', path, { date: '5 May' })).status).toBe(400);
  });
});

describe('MISTRADE_AFTER_SETTLED', () => {
  it('cancels an execution of the last child some time after SETTLED, which stays', async () => {
    const id = await lives.placed({ scenario: 'MISTRADE_AFTER_SETTLED' });
    await until(() => lives.types(id).at(-1) === 'EXECUTION.CANCELLED');
    expect(lives.types(id).slice(-2)).toEqual(['PORTFOLIO_ORDER.SETTLED', 'EXECUTION.CANCELLED']);
    expect(lives.executionStatuses(id)).toEqual(['SETTLED', 'CANCELLED']);
    expect(lives.status(id)).toBe('SETTLED');
    expect(lives.childStatuses(id)).toEqual(['FILLED', 'FILLED']);
    const { id: executionId } = executionsOf(id)[1] ?? {};
    const own = bench.simulator.control.truth().filter((entry) => entry.id === executionId);
    expect(own.map(({ status }) => status)).toEqual(['FILLED', 'SETTLED', 'CANCELLED']);
  });

  it('does so at once when told to proceed, and only once', async () => {
    const { control } = bench.simulator;
    // Settlement and mistrade take equally long: long enough to come in between.
    control.changePace({ settleAfterMs: 400 });
    const id = await lives.placed({ scenario: 'MISTRADE_AFTER_SETTLED' });
    await lives.ended(id);
    control.changePace({ settleAfterMs: 60_000 });
    expect(lives.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    expect(control.proceed(id)).toBe(true);
    expect(lives.executionStatuses(id)).toEqual(['SETTLED', 'CANCELLED']);
    control.changePace({ settleAfterMs: 1 });
    await lives.ended(await lives.placed({}));
    expect(lives.count(id, 'EXECUTION.CANCELLED')).toBe(1);
  });
});

it('a mistrade can be had of any settled execution on command', async () => {
  const id = await lives.placed({});
  await lives.ended(id);
  const [execution] = executionsOf(id);
  const path = `/executions/${execution?.id ?? ''}/cancel`;
  expect((await bench.client.control('POST', path)).json).toEqual({ effective: true });
  expect((await bench.client.control('POST', path)).json).toEqual({ effective: false });
  expect(lives.executionStatuses(id)).toEqual(['CANCELLED', 'SETTLED']);
});

describe('SETTLED_AHEAD', () => {
  it('tells the whole before its executions, which reads show settled at once', async () => {
    const { control } = bench.simulator;
    control.changePace({ settledAheadMs: 60_000 });
    const id = await lives.placed({ scenario: 'SETTLED_AHEAD' });
    await lives.ended(id);
    expect(lives.types(id).at(-1)).toBe('PORTFOLIO_ORDER.SETTLED');
    expect(lives.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    const settled = lives.truth(id).events.at(-1)?.created_at ?? '';
    control.changePace({ settledAheadMs: 1 });
    await until(() => lives.count(id, 'EXECUTION.SETTLED') === 2);
    const late = lives.truth(id).events.slice(-2);
    expect(late.map(({ object }) => 'status' in object && object.status)).toEqual(['SETTLED', 'SETTLED']);
    for (const event of late) expect(Date.parse(event.created_at)).toBeGreaterThan(Date.parse(settled));
    expect(lives.types(id)).toHaveLength(4 + 5 * 2);
    const told = lives.truth(id).events.map((event) => event.id);
    const noted = control.truth().filter(({ portfolioOrderId }) => portfolioOrderId === id);
    expect(noted.map(({ eventId }) => eventId).sort()).toEqual(told.sort());
  });

  it('tells them at once when told to proceed', async () => {
    bench.simulator.control.changePace({ settledAheadMs: 60_000 });
    const id = await lives.placed({ scenario: 'SETTLED_AHEAD' });
    await lives.ended(id);
    expect(bench.simulator.control.proceed(id)).toBe(true);
    expect(lives.types(id).slice(-3)).toEqual([
      'PORTFOLIO_ORDER.SETTLED',
      'EXECUTION.SETTLED',
      'EXECUTION.SETTLED',
    ]);
  });
});
