/** What a cancel is answered, and an order that reads do not know yet. */
import { randomUUID } from 'node:crypto';
import type { PortfolioOrder } from '../../src/simulator/upvest';
import { startBench, until, type UpvestBench } from './support/upvest-bench';
import { orderPlacement, placement, type Answer } from './support/upvest-client';
import { Lives } from './support/upvest-lives';

let bench: UpvestBench;
let lives: Lives;

beforeAll(async () => {
  bench = await startBench({ children: 2 });
  lives = new Lives(bench);
});
afterAll(() => bench.close());

const cancel = (id: string): Promise<Answer> => bench.client.call('DELETE', `/portfolios/orders/${id}`);

describe('a cancel', () => {
  it.each([
    [409, 'conflict'],
    [422, 'unprocessable_entity'],
  ] as const)('is refused with %i, and nothing comes of it', async (cancelAnswer, code) => {
    const id = await lives.placed({ scenario: 'WAITS_IN_NEW', cancelAnswer });
    const answer = await cancel(id);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      cancelAnswer,
      'application/problem+json',
    ]);
    expect((answer.json as { type: string }).type).toMatch(new RegExp(`/${code}$`));
    await lives.ended(await lives.placed({}));
    expect(lives.types(id)).toEqual(['PORTFOLIO_ORDER.NEW']);
    bench.simulator.control.configureAccount((await lives.read(id)).account_id, { cancelAnswer: 'accepted' });
    expect((await cancel(id)).status).toBe(202);
    await lives.ended(id, 'CANCELLED');
  });

  it('of an individual order is refused as well', async () => {
    const request = orderPlacement();
    const path = `/accounts/${String(request.account_id)}`;
    const settings = { scenario: 'WAITS_IN_NEW', cancelAnswer: 409 };
    expect((await bench.client.control('PUT', path, settings)).status).toBe(200);
    const { id } = (await bench.client.placeOrder(request)).json as { id: string };
    expect((await bench.client.call('DELETE', `/orders/${id}`)).status).toBe(409);
    expect((await bench.client.control('PUT', path, { cancelAnswer: 418 })).status).toBe(400);
  });
});

describe('a portfolio order that is not propagated yet', () => {
  it('is unknown to GET, DELETE and lists, though it lives and its POST is repeated', async () => {
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
    // On a machine that stood still for so long nothing can be said.
    if (performance.now() - sentAt < propagationMs) expect(early).toEqual([404, 404, 0, id]);
    await lives.ended(id, 'FILLED');
    await until(() => performance.now() - sentAt > propagationMs + 100);
    expect(await statuses()).toEqual([200, 202, 1, id]);
    expect(bench.simulator.control.portfolioOrderCounts()[accountId]).toBe(1);
  });
});
