import { randomUUID } from 'node:crypto';
import type { PortfolioOrder } from '../../../../simulators/upvest';
import { startBench, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

async function placed(change: object = {}): Promise<PortfolioOrder> {
  return (await bench.client.place(placement(change))).json as PortfolioOrder;
}

describe('lists', () => {
  interface List {
    meta: { count: number; total_count: number; limit: number; offset: number };
    data: PortfolioOrder[];
  }
  const list = async (query: string): Promise<List> =>
    (await bench.client.call('GET', `/portfolios/orders${query}`)).json as List;

  it('filter by account, allocation and day, and paginate by id', async () => {
    const account = randomUUID();
    const orders = await Promise.all([1, 2, 3].map(() => placed({ account_id: account })));
    const ids = orders.map(({ id }) => id).sort();
    expect((await list(`?account_id=${account}`)).data.map(({ id }) => id)).toEqual(ids);
    expect((await list(`?allocation_id=${orders[0]?.allocation_id}`)).meta.total_count).toBe(3);
    const page = await list(`?account_id=${account}&limit=2&offset=2`);
    expect(page.meta).toMatchObject({ count: 1, total_count: 3, limit: 2, offset: 2 });
    expect(page.data[0]?.id).toBe(ids[2]);
    const day = (shift: number): string =>
      `${new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
    expect((await list(`?account_id=${account}&start_date=${day(0)}&end_date=${day(1)}`)).data).toHaveLength(
      3,
    );
    expect((await list(`?account_id=${account}&end_date=${day(0)}`)).data).toHaveLength(0);
    expect((await list(`?account_id=${account}&start_date=${day(1)}`)).data).toHaveLength(0);
  });

  it.each([
    '?limit=0',
    '?limit=1001',
    '?status=NEW',
    '?start_date=2026-01-01',
    '?sort=created_at',
    '?order=DESC',
  ])('reject %s', async (query) => {
    expect((await bench.client.call('GET', `/portfolios/orders${query}`)).status).toBe(400);
  });

  it('return 404 for unknown ids', async () => {
    const paths = [
      `/portfolios/orders/${randomUUID()}`,
      `/orders/${randomUUID()}`,
      `/webhooks/${randomUUID()}`,
    ];
    for (const path of paths) {
      const answer = await bench.client.call('GET', path);
      expect([answer.status, (answer.json as { status: number }).status]).toEqual([404, 404]);
    }
    expect((await bench.client.call('DELETE', paths[0] ?? '')).status).toBe(404);
  });
});
