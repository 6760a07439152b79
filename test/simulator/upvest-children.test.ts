/** Portfolio orders whose children come late, or of which Upvest takes some. */
import type { PortfolioOrder } from '../../src/simulator/upvest';
import { startBench, until, type UpvestBench } from './support/upvest-bench';
import { Lives } from './support/upvest-lives';

let bench: UpvestBench;
let lives: Lives;

beforeAll(async () => {
  bench = await startBench({ children: 5 });
  lives = new Lives(bench);
});
afterEach(() => {
  bench.simulator.control.changePace({ fillAfterMs: 2 });
});
afterAll(() => bench.close());

const cancel = (id: string): Promise<unknown> => bench.client.call('DELETE', `/portfolios/orders/${id}`);

describe('CHILDREN_APPEAR_LATE', () => {
  it('shows more children from snapshot to snapshot, one born after another was filled', async () => {
    const id = await lives.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    const { events, orders, portfolioOrder } = await lives.ended(id);
    const snapshots = events.filter(({ type }) => type.startsWith('PORTFOLIO_ORDER.'));
    expect(snapshots.map(({ type, object }) => [type, (object as PortfolioOrder).orders.length])).toEqual([
      ['PORTFOLIO_ORDER.NEW', 0],
      ['PORTFOLIO_ORDER.PROCESSING', 3],
      ['PORTFOLIO_ORDER.PROCESSING', 5],
      ['PORTFOLIO_ORDER.FILLED', 5],
      ['PORTFOLIO_ORDER.SETTLED', 5],
    ]);
    const types = lives.types(id);
    expect(types.lastIndexOf('ORDER.NEW')).toBeGreaterThan(types.indexOf('ORDER.FILLED'));
    expect(events).toHaveLength(5 + 5 * 5);
    expect(orders.map(({ status }) => status)).toEqual(Array(5).fill('FILLED'));
    expect(portfolioOrder.orders.map((child) => child.id)).toEqual(orders.map((order) => order.id));
    // The second PROCESSING says nothing new in status.
    const own = bench.simulator.control.truth().filter((entry) => entry.id === id);
    expect(own.map(({ status }) => status)).toEqual(['NEW', 'PROCESSING', 'FILLED', 'SETTLED']);
  });

  it.each([1, 2])('ends well with %i children, too', async (children) => {
    const id = await lives.placed({ scenario: 'CHILDREN_APPEAR_LATE', children });
    await lives.ended(id);
    expect(lives.childStatuses(id)).toEqual(Array(children).fill('FILLED'));
  });

  it('shows some children first to whoever reads', async () => {
    bench.simulator.control.changePace({ fillAfterMs: 60_000 });
    const id = await lives.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    await lives.ended(id, 'PROCESSING');
    expect((await lives.read(id)).orders).toHaveLength(3);
    bench.simulator.control.changePace({ fillAfterMs: 1 });
    await lives.ended(id);
    expect((await lives.read(id)).orders).toHaveLength(5);
  });

  it('never creates the others when the client cancels before', async () => {
    bench.simulator.control.changePace({ fillAfterMs: 60_000 });
    const id = await lives.placed({ scenario: 'CHILDREN_APPEAR_LATE' });
    await until(() => lives.childStatuses(id).join() === 'PROCESSING,PROCESSING,PROCESSING');
    await cancel(id);
    // Decided by now, since this call comes behind it.
    await lives.read(id);
    bench.simulator.control.changePace({ fillAfterMs: 1 });
    const { portfolioOrder } = await lives.ended(id, 'CANCELLED');
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
    expect(lives.childStatuses(id)).toEqual(['FILLED', 'FILLED', 'FILLED']);
  });
});

describe('CANCELLED_WITH_FILLED_CHILDREN', () => {
  it('is cancelled by Upvest with the first half filled, whose executions settle', async () => {
    const id = await lives.placed({ scenario: 'CANCELLED_WITH_FILLED_CHILDREN' });
    const { portfolioOrder, orders } = await lives.ended(id, 'CANCELLED');
    expect(portfolioOrder).toMatchObject({ cancellation_reason: 'CANCELLED_BY_UPVEST' });
    expect(lives.childStatuses(id)).toEqual([
      ...Array<string>(2).fill('FILLED'),
      ...Array<string>(3).fill('CANCELLED'),
    ]);
    expect(orders.at(-1)?.cancellation_reason).toBe('CANCELLED_BY_UPVEST_OPERATIONS');
    await until(() => lives.count(id, 'EXECUTION.SETTLED') === 2);
    const types = lives.types(id);
    expect(types.indexOf('EXECUTION.SETTLED')).toBeGreaterThan(types.indexOf('PORTFOLIO_ORDER.CANCELLED'));
    expect(types).not.toContain('PORTFOLIO_ORDER.FILLED');
    expect(lives.executionStatuses(id)).toEqual(['SETTLED', 'SETTLED']);
    expect(lives.status(id)).toBe('CANCELLED');
  });

  it('without a client who asked, yet his cancel in NEW comes first', async () => {
    bench.simulator.control.pause();
    const id = await lives.placed({ scenario: 'CANCELLED_WITH_FILLED_CHILDREN' });
    await cancel(id);
    const { portfolioOrder } = await lives.ended(id, 'CANCELLED');
    bench.simulator.control.resume();
    expect(portfolioOrder.cancellation_reason).toBe('CANCELLED_BY_CLIENT');
  });
});
