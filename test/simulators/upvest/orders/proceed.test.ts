/** Orders held by their scenario, released through the control plane. */
import { randomUUID } from 'node:crypto';
import type { Order, Scenario } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { orderPlacement } from '../support/client';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeAll(async () => {
  bench = await startBench({ children: 3 });
  scenarioOrders = new ScenarioOrders(bench);
});
afterAll(() => bench.close());

const proceed = (id: string): boolean => bench.simulator.control.proceed(id);
/** Runs another order to its end, which is enough time for a held order to progress if it could. */
const aWhile = async (): Promise<unknown> => scenarioOrders.ended(await scenarioOrders.placed({}));

describe('proceed for a portfolio order', () => {
  it.each<[Scenario, () => Promise<string>]>([
    ['WAITS_IN_NEW', () => scenarioOrders.placed({ scenario: 'WAITS_IN_NEW' })],
    [
      'WAITS_IN_PROCESSING',
      async () => {
        const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_PROCESSING' });
        await until(() => scenarioOrders.childStatuses(id).join() === 'FILLED,PROCESSING,NEW');
        await until(() => scenarioOrders.count(id, 'EXECUTION.FILLED') === 2);
        return id;
      },
    ],
    [
      'WAITS_IN_FILLED',
      async () => {
        const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_FILLED' });
        await scenarioOrders.ended(id, 'FILLED');
        return id;
      },
    ],
  ])('releases it from %s to the happy path', async (scenario, waiting) => {
    const id = await waiting();
    await aWhile();
    expect(scenarioOrders.status(id)).toBe(scenario.replace('WAITS_IN_', ''));
    expect(proceed(id)).toBe(true);
    await scenarioOrders.ended(id);
    expect(scenarioOrders.childStatuses(id)).toEqual(['FILLED', 'FILLED', 'FILLED']);
    expect(new Set(scenarioOrders.executionStatuses(id))).toEqual(new Set(['SETTLED']));
    expect(scenarioOrders.types(id).join()).not.toMatch(/CANCEL/);
    expect(proceed(id)).toBe(false);
  });

  it('settles it immediately from WAITS_IN_FILLED', async () => {
    const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_FILLED' });
    await scenarioOrders.ended(id, 'FILLED');
    expect(new Set(scenarioOrders.executionStatuses(id))).toEqual(new Set(['FILLED']));
    proceed(id);
    expect(scenarioOrders.status(id)).toBe('SETTLED');
  });

  it('prevents a later hold', async () => {
    const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_FILLED' });
    expect(proceed(id)).toBe(false);
    await scenarioOrders.ended(id);
  });

  it('fills it from CANCEL_REFUSED without a rejection, since no cancel was requested', async () => {
    const id = await scenarioOrders.placed({ scenario: 'CANCEL_REFUSED' });
    await until(() => scenarioOrders.childStatuses(id).join() === 'PROCESSING,PROCESSING,PROCESSING');
    expect(proceed(id)).toBe(true);
    await scenarioOrders.ended(id);
    expect(scenarioOrders.types(id)).not.toContain('ORDER_CANCELLATION.REJECTED');
  });
});

it('a cancel in WAITS_IN_FILLED has no effect and does not release the order', async () => {
  const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_FILLED' });
  await scenarioOrders.ended(id, 'FILLED');
  expect((await bench.client.call('DELETE', `/portfolios/orders/${id}`)).status).toBe(202);
  await aWhile();
  expect(scenarioOrders.status(id)).toBe('FILLED');
});

it.each(['WAITS_IN_NEW', 'WAITS_IN_PROCESSING', 'WAITS_IN_FILLED'] as const)(
  'proceed releases an individual order from %s, also over HTTP',
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

it('proceed over HTTP takes the id of the portfolio order; an unknown id returns 404', async () => {
  const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_NEW' });
  const answer = await bench.client.control('POST', `/portfolio-orders/${id}/proceed`);
  expect(answer.json).toEqual({ effective: true });
  await scenarioOrders.ended(id);
  const unknown = await bench.client.control('POST', `/portfolio-orders/${randomUUID()}/proceed`);
  expect(unknown.status).toBe(404);
});
