/** Portfolio orders with late children, and with children cancelled by Upvest. */
import type { PortfolioOrder } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeAll(async () => {
  bench = await startBench({ children: 5 });
  scenarioOrders = new ScenarioOrders(bench);
});
afterEach(() => {
  bench.simulator.control.changePace({ fillAfterMs: 2 });
});
afterAll(() => bench.close());

const cancel = (id: string): Promise<unknown> => bench.client.call('DELETE', `/portfolios/orders/${id}`);

describe('CHILDREN_APPEAR_LATE', () => {
  it('shows more children with each snapshot, creating one after another has filled', async () => {
    const id = await scenarioOrders.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    const { events, orders, portfolioOrder } = await scenarioOrders.ended(id);
    const snapshots = events.filter(({ type }) => type.startsWith('PORTFOLIO_ORDER.'));
    expect(snapshots.map(({ type, object }) => [type, (object as PortfolioOrder).orders.length])).toEqual([
      ['PORTFOLIO_ORDER.NEW', 0],
      ['PORTFOLIO_ORDER.PROCESSING', 3],
      ['PORTFOLIO_ORDER.PROCESSING', 5],
      ['PORTFOLIO_ORDER.FILLED', 5],
      ['PORTFOLIO_ORDER.SETTLED', 5],
    ]);
    const types = scenarioOrders.types(id);
    expect(types.lastIndexOf('ORDER.NEW')).toBeGreaterThan(types.indexOf('ORDER.FILLED'));
    expect(events).toHaveLength(5 + 5 * 5);
    expect(orders.map(({ status }) => status)).toEqual(Array(5).fill('FILLED'));
    expect(portfolioOrder.orders.map((child) => child.id)).toEqual(orders.map((order) => order.id));
    // The second PROCESSING does not change the status.
    const own = bench.simulator.control.truth().filter((entry) => entry.id === id);
    expect(own.map(({ status }) => status)).toEqual(['NEW', 'PROCESSING', 'FILLED', 'SETTLED']);
  });

  it.each([1, 2])('fills and settles with %i children, too', async (children) => {
    const id = await scenarioOrders.placed({ scenario: 'CHILDREN_APPEAR_LATE', children });
    await scenarioOrders.ended(id);
    expect(scenarioOrders.childStatuses(id)).toEqual(Array(children).fill('FILLED'));
  });

  it('shows some children first to reads', async () => {
    bench.simulator.control.changePace({ fillAfterMs: 60_000 });
    const id = await scenarioOrders.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    await scenarioOrders.ended(id, 'PROCESSING');
    expect((await scenarioOrders.read(id)).orders).toHaveLength(3);
    bench.simulator.control.changePace({ fillAfterMs: 1 });
    await scenarioOrders.ended(id);
    expect((await scenarioOrders.read(id)).orders).toHaveLength(5);
  });

  it('never creates the others if the client cancels first', async () => {
    bench.simulator.control.changePace({ fillAfterMs: 60_000 });
    const id = await scenarioOrders.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    await until(() => scenarioOrders.childStatuses(id).join() === 'PROCESSING,PROCESSING,PROCESSING');
    await cancel(id);
    // The cancel is decided by now, since this call follows it.
    await scenarioOrders.read(id);
    bench.simulator.control.changePace({ fillAfterMs: 1 });
    const { portfolioOrder } = await scenarioOrders.ended(id, 'CANCELLED');
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
    expect(scenarioOrders.childStatuses(id)).toEqual(['FILLED', 'FILLED', 'FILLED']);
  });
});

describe('CANCELLED_WITH_FILLED_CHILDREN', () => {
  it('is cancelled by Upvest with the first half filled; their executions settle', async () => {
    const id = await scenarioOrders.placed({ scenario: 'CANCELLED_WITH_FILLED_CHILDREN' });
    const { portfolioOrder, orders } = await scenarioOrders.ended(id, 'CANCELLED');
    expect(portfolioOrder).toMatchObject({ cancellation_reason: 'CANCELLED_BY_UPVEST' });
    expect(scenarioOrders.childStatuses(id)).toEqual([
      ...Array<string>(2).fill('FILLED'),
      ...Array<string>(3).fill('CANCELLED'),
    ]);
    expect(orders.at(-1)?.cancellation_reason).toBe('CANCELLED_BY_UPVEST_OPERATIONS');
    await until(() => scenarioOrders.count(id, 'EXECUTION.SETTLED') === 2);
    const types = scenarioOrders.types(id);
    expect(types.indexOf('EXECUTION.SETTLED')).toBeGreaterThan(types.indexOf('PORTFOLIO_ORDER.CANCELLED'));
    expect(types).not.toContain('PORTFOLIO_ORDER.FILLED');
    expect(scenarioOrders.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    expect(scenarioOrders.status(id)).toBe('CANCELLED');
  });

  it('ends by a client cancel in NEW first', async () => {
    bench.simulator.control.pause();
    const id = await scenarioOrders.placed({ scenario: 'CANCELLED_WITH_FILLED_CHILDREN' });
    await cancel(id);
    const { portfolioOrder } = await scenarioOrders.ended(id, 'CANCELLED');
    bench.simulator.control.resume();
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
  });
});
