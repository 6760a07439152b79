/** Lives that wait, and the control plane that lets them go on. */
import { randomUUID } from 'node:crypto';
import type { Order, Scenario } from '../../src/simulator/upvest';
import { startBench, until, type UpvestBench } from './support/upvest-bench';
import { orderPlacement } from './support/upvest-client';
import { Lives } from './support/upvest-lives';

let bench: UpvestBench;
let lives: Lives;

beforeAll(async () => {
  bench = await startBench({ children: 3 });
  lives = new Lives(bench);
});
afterAll(() => bench.close());

const proceed = (id: string): boolean => bench.simulator.control.proceed(id);
/** Another order's whole life: time enough for one that waits to show that it does. */
const aWhile = async (): Promise<unknown> => lives.ended(await lives.placed({}));

describe('a portfolio order that is told to proceed', () => {
  it.each<[Scenario, () => Promise<string>]>([
    ['WAITS_IN_NEW', () => lives.placed({ scenario: 'WAITS_IN_NEW' })],
    [
      'WAITS_IN_PROCESSING',
      async () => {
        const id = await lives.placed({ scenario: 'WAITS_IN_PROCESSING' });
        await until(() => lives.childStatuses(id).join() === 'FILLED,PROCESSING,NEW');
        await until(() => lives.count(id, 'EXECUTION.FILLED') === 2);
        return id;
      },
    ],
    [
      'WAITS_IN_FILLED',
      async () => {
        const id = await lives.placed({ scenario: 'WAITS_IN_FILLED' });
        await lives.ended(id, 'FILLED');
        return id;
      },
    ],
  ])('from %s goes on to its happy end', async (scenario, waiting) => {
    const id = await waiting();
    await aWhile();
    expect(lives.status(id)).toBe(scenario.replace('WAITS_IN_', ''));
    expect(proceed(id)).toBe(true);
    await lives.ended(id);
    expect(lives.childStatuses(id)).toEqual(['FILLED', 'FILLED', 'FILLED']);
    expect(new Set(lives.executionStatuses(id))).toEqual(new Set(['SETTLED']));
    expect(lives.types(id).join()).not.toMatch(/CANCEL/);
    expect(proceed(id)).toBe(false);
  });

  it('from WAITS_IN_FILLED settles in the same moment', async () => {
    const id = await lives.placed({ scenario: 'WAITS_IN_FILLED' });
    await lives.ended(id, 'FILLED');
    expect(new Set(lives.executionStatuses(id))).toEqual(new Set(['FILLED']));
    proceed(id);
    expect(lives.status(id)).toBe('SETTLED');
  });

  it('before it waits does not wait at all', async () => {
    const id = await lives.placed({ scenario: 'WAITS_IN_FILLED' });
    expect(proceed(id)).toBe(false);
    await lives.ended(id);
  });

  it('from CANCEL_REFUSED fills without a refusal, since nobody asked for a cancel', async () => {
    const id = await lives.placed({ scenario: 'CANCEL_REFUSED' });
    await until(() => lives.childStatuses(id).join() === 'PROCESSING,PROCESSING,PROCESSING');
    expect(proceed(id)).toBe(true);
    await lives.ended(id);
    expect(lives.types(id)).not.toContain('ORDER_CANCELLATION.REJECTED');
  });
});

it('a cancel of a portfolio order that waits in FILLED comes to nothing and does not let it go on', async () => {
  const id = await lives.placed({ scenario: 'WAITS_IN_FILLED' });
  await lives.ended(id, 'FILLED');
  expect((await bench.client.call('DELETE', `/portfolios/orders/${id}`)).status).toBe(202);
  await aWhile();
  expect(lives.status(id)).toBe('FILLED');
});

it.each(['WAITS_IN_NEW', 'WAITS_IN_PROCESSING', 'WAITS_IN_FILLED'] as const)(
  'an individual order goes on from %s, also over HTTP',
  async (scenario) => {
    const request = orderPlacement();
    bench.simulator.control.configureAccount(String(request.account_id), { scenario });
    const { id } = (await bench.client.placeOrder(request)).json as Order;
    const read = async (): Promise<Order> => (await bench.client.call('GET', `/orders/${id}`)).json as Order;
    const waited = scenario.replace('WAITS_IN_', '');
    await aWhile();
    expect((await read()).status).toBe(waited);
    const answer = await bench.client.control('POST', `/orders/${id}/proceed`);
    expect([answer.status, answer.json]).toEqual([200, { effective: true }]);
    await until(() =>
      bench.simulator.control
        .truth()
        .some((entry) => entry.orderId === id && entry.kind === 'EXECUTION' && entry.status === 'SETTLED'),
    );
    expect((await read()).status).toBe('FILLED');
  },
);

it('over HTTP a portfolio order goes on by its id, and unknown ones are a 404', async () => {
  const id = await lives.placed({ scenario: 'WAITS_IN_NEW' });
  const answer = await bench.client.control('POST', `/portfolio-orders/${id}/proceed`);
  expect(answer.json).toEqual({ effective: true });
  await lives.ended(id);
  const unknown = await bench.client.control('POST', `/portfolio-orders/${randomUUID()}/proceed`);
  expect(unknown.status).toBe(404);
});
