/** Executions after the end of trading: settlement dates, mistrades, and SETTLED before the executions. */
import type { Execution } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeAll(async () => {
  bench = await startBench({ children: 2 });
  scenarioOrders = new ScenarioOrders(bench);
});
afterEach(() => {
  bench.simulator.control.changePace({ settleAfterMs: 5, settledAheadMs: 500 });
});
afterAll(() => bench.close());

const executionsOf = (id: string): Execution[] =>
  scenarioOrders.truth(id).orders.flatMap(({ executions }) => executions);
const datesOf = (id: string): (string | undefined)[] => [
  ...new Set(executionsOf(id).map(({ settlement_date: date }) => date)),
];
/** Settlement dates read through the API. */
async function datesRead(id: string): Promise<(string | undefined)[]> {
  const orders = await Promise.all(
    scenarioOrders.truth(id).orders.map((order) => bench.client.call('GET', `/orders/${order.id}`)),
  );
  return orders.flatMap(({ json }) =>
    (json as { executions: Execution[] }).executions.map(({ settlement_date: date }) => date),
  );
}

describe('settlement dates', () => {
  async function filled(settlementDate: string): Promise<string> {
    const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_FILLED', settlementDate });
    await scenarioOrders.ended(id, 'FILLED');
    return id;
  }

  it('come from the account', async () => {
    const id = await scenarioOrders.placed({ settlementDate: '2031-05-02' });
    await scenarioOrders.ended(id);
    expect(datesOf(id)).toEqual(['2031-05-02']);
    const event = scenarioOrders.truth(id).events.find(({ type }) => type === 'EXECUTION.FILLED');
    expect(event?.object).toMatchObject({ settlement_date: '2031-05-02' });
  });

  it('can be missing', async () => {
    const id = await filled('none');
    expect(executionsOf(id).every((execution) => !('settlement_date' in execution))).toBe(true);
    expect(bench.simulator.control.changeSettlementDate(id, '2031-05-02')).toBe(2);
    expect(datesOf(id)).toEqual(['2031-05-02']);
  });

  it('change with an ORDER event per child, without entries in the truth log', async () => {
    const id = await filled('2031-05-02');
    const before = scenarioOrders.types(id).length;
    const truths = bench.simulator.control.truth().length;
    const updated = scenarioOrders.truth(id).orders.map((order) => order.updated_at);
    expect(bench.simulator.control.changeSettlementDate(id, '2031-05-05')).toBe(2);
    expect(scenarioOrders.types(id).slice(before)).toEqual(['ORDER.FILLED', 'ORDER.FILLED']);
    expect(scenarioOrders.truth(id).events.at(-1)?.object).toMatchObject({
      status: 'FILLED',
      executions: [{ status: 'FILLED', settlement_date: '2031-05-05' }],
    });
    scenarioOrders.truth(id).orders.forEach((order, index) => {
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
    const before = scenarioOrders.types(id).length;
    const order = scenarioOrders.truth(id).orders[1]?.id ?? '';
    expect(bench.simulator.control.changeSettlementDate(order, '2031-05-05', 'execution')).toBe(1);
    expect(scenarioOrders.types(id).slice(before)).toEqual(['EXECUTION.FILLED']);
    expect(await datesRead(id)).toEqual(['2031-05-02', '2031-05-05']);
  });

  it('change without an event, visible to reads only, also over HTTP', async () => {
    const id = await filled('2031-05-02');
    const before = scenarioOrders.types(id).length;
    const path = `/portfolio-orders/${id}/settlement-date`;
    const answer = await bench.client.control('POST', path, { date: '2031-05-05', told: 'nothing' });
    expect([answer.status, answer.json]).toEqual([200, { changed: 2 }]);
    expect(scenarioOrders.types(id)).toHaveLength(before);
    expect(await datesRead(id)).toEqual(['2031-05-05', '2031-05-05']);
    expect((await bench.client.control('POST', path, { date: '5 May' })).status).toBe(400);
  });
});

describe('MISTRADE_AFTER_SETTLED', () => {
  it('cancels an execution of the last child after SETTLED, which stays', async () => {
    const id = await scenarioOrders.placed({ scenario: 'MISTRADE_AFTER_SETTLED' });
    await until(() => scenarioOrders.types(id).at(-1) === 'EXECUTION.CANCELLED');
    expect(scenarioOrders.types(id).slice(-2)).toEqual(['PORTFOLIO_ORDER.SETTLED', 'EXECUTION.CANCELLED']);
    expect(scenarioOrders.executionStatuses(id)).toEqual(['SETTLED', 'CANCELLED']);
    expect(scenarioOrders.status(id)).toBe('SETTLED');
    expect(scenarioOrders.childStatuses(id)).toEqual(['FILLED', 'FILLED']);
    const { id: executionId } = executionsOf(id)[1] ?? {};
    const own = bench.simulator.control.truth().filter((entry) => entry.id === executionId);
    expect(own.map(({ status }) => status)).toEqual(['FILLED', 'SETTLED', 'CANCELLED']);
  });

  it('cancels immediately on proceed, and only once', async () => {
    const { control } = bench.simulator;
    // Settlement and mistrade have the same delay, long enough to call proceed in between.
    control.changePace({ settleAfterMs: 400 });
    const id = await scenarioOrders.placed({ scenario: 'MISTRADE_AFTER_SETTLED' });
    await scenarioOrders.ended(id);
    control.changePace({ settleAfterMs: 60_000 });
    expect(scenarioOrders.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    expect(control.proceed(id)).toBe(true);
    expect(scenarioOrders.executionStatuses(id)).toEqual(['SETTLED', 'CANCELLED']);
    control.changePace({ settleAfterMs: 1 });
    await scenarioOrders.ended(await scenarioOrders.placed({}));
    expect(scenarioOrders.count(id, 'EXECUTION.CANCELLED')).toBe(1);
  });
});

it('the control plane can cancel any settled execution (mistrade)', async () => {
  const id = await scenarioOrders.placed({});
  await scenarioOrders.ended(id);
  const [execution] = executionsOf(id);
  const path = `/executions/${execution?.id ?? ''}/cancel`;
  expect((await bench.client.control('POST', path)).json).toEqual({ effective: true });
  expect((await bench.client.control('POST', path)).json).toEqual({ effective: false });
  expect(scenarioOrders.executionStatuses(id)).toEqual(['CANCELLED', 'SETTLED']);
});

describe('SETTLED_AHEAD', () => {
  it('sends the portfolio order before its executions, which reads show as settled', async () => {
    const { control } = bench.simulator;
    control.changePace({ settledAheadMs: 60_000 });
    const id = await scenarioOrders.placed({ scenario: 'SETTLED_AHEAD' });
    await scenarioOrders.ended(id);
    expect(scenarioOrders.types(id).at(-1)).toBe('PORTFOLIO_ORDER.SETTLED');
    expect(scenarioOrders.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    const settled = scenarioOrders.truth(id).events.at(-1)?.created_at ?? '';
    control.changePace({ settledAheadMs: 1 });
    await until(() => scenarioOrders.count(id, 'EXECUTION.SETTLED') === 2);
    const late = scenarioOrders.truth(id).events.slice(-2);
    expect(late.map(({ object }) => 'status' in object && object.status)).toEqual(['SETTLED', 'SETTLED']);
    for (const event of late) expect(Date.parse(event.created_at)).toBeGreaterThan(Date.parse(settled));
    expect(scenarioOrders.types(id)).toHaveLength(4 + 5 * 2);
    const sent = scenarioOrders.truth(id).events.map((event) => event.id);
    const logged = control.truth().filter(({ portfolioOrderId }) => portfolioOrderId === id);
    expect(logged.map(({ eventId }) => eventId).sort()).toEqual(sent.sort());
  });

  it('sends the executions immediately on proceed', async () => {
    bench.simulator.control.changePace({ settledAheadMs: 60_000 });
    const id = await scenarioOrders.placed({ scenario: 'SETTLED_AHEAD' });
    await scenarioOrders.ended(id);
    expect(bench.simulator.control.proceed(id)).toBe(true);
    expect(scenarioOrders.types(id).slice(-3)).toEqual([
      'PORTFOLIO_ORDER.SETTLED',
      'EXECUTION.SETTLED',
      'EXECUTION.SETTLED',
    ]);
  });
});
