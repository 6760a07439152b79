/** Responses to a cancel, and the propagation delay of new portfolio orders. */
import { randomUUID } from 'node:crypto';
import type { PortfolioOrder } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { orderPlacement, placement, type HttpResponse } from '../support/client';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeAll(async () => {
  bench = await startBench({ children: 2 });
  scenarioOrders = new ScenarioOrders(bench);
});
afterAll(() => bench.close());

const cancel = (id: string): Promise<HttpResponse> => bench.client.call('DELETE', `/portfolios/orders/${id}`);

describe('a cancel', () => {
  it.each([
    [409, 'conflict'],
    [422, 'unprocessable_entity'],
  ] as const)('is rejected with %i and has no effect', async (cancelAnswer, code) => {
    const id = await scenarioOrders.placed({ scenario: 'WAITS_IN_NEW', cancelAnswer });
    const answer = await cancel(id);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      cancelAnswer,
      'application/problem+json',
    ]);
    expect((answer.json as { type: string }).type).toMatch(new RegExp(`/${code}$`));
    await scenarioOrders.ended(await scenarioOrders.placed({}));
    expect(scenarioOrders.types(id)).toEqual(['PORTFOLIO_ORDER.NEW']);
    bench.simulator.control.configureAccount((await scenarioOrders.read(id)).account_id, {
      cancelAnswer: 'accepted',
    });
    expect((await cancel(id)).status).toBe(202);
    await scenarioOrders.ended(id, 'CANCELLED');
  });

  it('of an individual order is rejected as well', async () => {
    const request = orderPlacement();
    const path = `/accounts/${String(request.account_id)}`;
    const settings = { scenario: 'WAITS_IN_NEW', cancelAnswer: 409 };
    expect((await bench.client.control('PUT', path, settings)).status).toBe(200);
    const { id } = (await bench.client.placeOrder(request)).json as { id: string };
    expect((await bench.client.call('DELETE', `/orders/${id}`)).status).toBe(409);
    expect((await bench.client.control('PUT', path, { cancelAnswer: 418 })).status).toBe(400);
  });
});

describe('a portfolio order within its propagation delay', () => {
  it('is unknown to GET, DELETE and lists, but progresses, and a repeated POST returns it', async () => {
    const propagationMs = 400;
    const request = placement();
    const accountId = String(request.account_id);
    bench.simulator.control.configureAccount(accountId, { propagationMs, scenario: 'WAITS_IN_FILLED' });
    const key = randomUUID();
    const sentAt = performance.now();
    const { id } = (await bench.client.place(request, key)).json as PortfolioOrder;
    const statuses = async (): Promise<unknown[]> => {
      const [read, cancelled, list, again] = [
        await bench.client.call('GET', `/portfolios/orders/${id}`),
        await cancel(id),
        await bench.client.call('GET', `/portfolios/orders?account_id=${accountId}`),
        await bench.client.place(request, key),
      ];
      const { meta } = list.json as { meta: { total_count: number } };
      return [read.status, cancelled.status, meta.total_count, (again.json as PortfolioOrder).id];
    };
    const early = await statuses();
    // Skip the check if the machine stalled for longer than the delay.
    if (performance.now() - sentAt < propagationMs) expect(early).toEqual([404, 404, 0, id]);
    await scenarioOrders.ended(id, 'FILLED');
    await until(() => performance.now() - sentAt > propagationMs + 100);
    expect(await statuses()).toEqual([200, 202, 1, id]);
    expect(bench.simulator.control.portfolioOrderCounts()[accountId]).toBe(1);
  });
});
