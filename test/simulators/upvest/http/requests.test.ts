/** The log of API calls with time and response. */
import { randomUUID } from 'node:crypto';
import { startBench, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeEach(async () => {
  bench = await startBench({ requestsPerSecond: 20 });
});
afterEach(() => bench.close());

it('lists calls by path template, with real time and response', async () => {
  const { client, simulator } = bench;
  const startedAt = Date.now();
  const { id } = (await client.place(placement())).json as { id: string };
  await client.call('GET', `/portfolios/orders/${id}`);
  await client.call('GET', `/portfolios/orders?account_id=${randomUUID()}`);
  await client.call('GET', `/orders/${randomUUID()}`);
  await client.call('DELETE', `/portfolios/orders/${id}`);
  await client.control('GET', '/truth');
  const calls = simulator.control.requests();
  expect(calls.map(({ method, path, status }) => [method, path, status])).toEqual([
    ['POST', '/auth/token', 200],
    ['POST', '/portfolios/orders', 200],
    ['GET', '/portfolios/orders/{id}', 200],
    ['GET', '/portfolios/orders', 200],
    ['GET', '/orders/{id}', 404],
    ['DELETE', '/portfolios/orders/{id}', 202],
  ]);
  expect(calls[2]?.url).toBe(`/portfolios/orders/${id}`);
  for (const { at } of calls) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(startedAt);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  }
});

it('counts calls, by kind or since a time', async () => {
  const { client, simulator } = bench;
  const { control } = simulator;
  const { id } = (await client.place(placement())).json as { id: string };
  const read = (): Promise<unknown> => client.call('GET', `/portfolios/orders/${id}`);
  // So many that a slow machine, too, sends more than 20 within a second.
  await Promise.all([read(), read(), read()]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const since = new Date().toISOString();
  await read();
  const endpoint = 'GET /portfolios/orders/{id}';
  expect(control.requestCounts()).toEqual({
    'POST /auth/token': 1,
    'POST /portfolios/orders': 1,
    [endpoint]: 4,
  });
  expect(control.requestCounts({ since })).toEqual({ [endpoint]: 1 });
  expect(control.requests({ method: 'get', path: '/portfolios/orders/{id}' })).toHaveLength(4);
  expect(control.requests({ method: 'DELETE' })).toEqual([]);
  const query = `?method=GET&since=${encodeURIComponent(since)}`;
  expect((await client.control('GET', `/request-counts${query}`)).json).toEqual({ [endpoint]: 1 });
  expect((await client.control('GET', `/requests${query}`)).json).toEqual(control.requests({ since }));
  expect((await client.control('GET', '/requests?since=yesterday')).status).toBe(400);
});

it('includes calls rejected by an outage, the rate limit or a fault', async () => {
  const { client, simulator } = bench;
  const { control } = simulator;
  await client.token('portfolios:read');
  const statusOf = (): number | undefined => control.requests().at(-1)?.status;
  const list = (): Promise<unknown> => client.call('GET', '/portfolios/orders');
  await list();
  control.setOutage(true);
  await list();
  expect(statusOf()).toBe(503);
  control.setOutage(false);
  control.failCalls({ method: 'GET', mode: 'after', outcome: 504 });
  await list();
  expect(statusOf()).toBe(504);
  for (const mode of ['before', 'after'] as const) {
    control.failCalls({ method: 'GET', mode, outcome: 'reset' });
    await expect(list()).rejects.toThrow();
    expect(control.requests().at(-1)).not.toHaveProperty('status');
  }
  // So many that a slow machine, too, sends more than 20 within a second.
  await Promise.all(Array.from({ length: 200 }, list));
  const rejected = control.requests().filter(({ status }) => status === 429);
  expect(rejected.length).toBeGreaterThanOrEqual(10);
});
