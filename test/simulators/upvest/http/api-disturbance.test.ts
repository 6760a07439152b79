/** Random, reproducible failures of API calls. */
import { randomUUID } from 'node:crypto';
import type { ApiDisturbance } from '../../../../simulators/upvest';
import { startBench, type UpvestBench } from '../support/bench';
import { placement, type HttpResponse } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
  await bench.client.call('GET', '/webhooks');
});
afterEach(() => {
  bench.simulator.control.disturbApi();
});
afterAll(() => bench.close());

const outcomeOf = (call: Promise<HttpResponse>): Promise<number | 'reset'> =>
  call.then(
    ({ status }) => status,
    () => 'reset' as const,
  );
const list = (): Promise<number | 'reset'> => outcomeOf(bench.client.call('GET', '/portfolios/orders'));
const remove = (): Promise<number | 'reset'> =>
  outcomeOf(bench.client.call('DELETE', `/portfolios/orders/${randomUUID()}`));

async function repeat<T>(times: number, call: () => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  for (let time = 0; time < times; time += 1) outcomes.push(await call());
  return outcomes;
}

/** Outcomes of calls under a new disturbance. */
async function under<T>(disturbance: ApiDisturbance, call: () => Promise<T>): Promise<T> {
  bench.simulator.control.disturbApi(disturbance);
  const outcome = await call();
  bench.simulator.control.disturbApi();
  return outcome;
}

describe('random API failures', () => {
  it('occur with the configured probability, with every outcome', async () => {
    const outcomes = await under({ seed: 1, failBefore: 0.5 }, () => repeat(60, list));
    const failed = outcomes.filter((outcome) => outcome !== 200);
    expect(failed.length).toBeGreaterThan(15);
    expect(failed.length).toBeLessThan(45);
    expect(new Set(failed)).toEqual(new Set([500, 502, 503, 504, 'reset']));
    expect(await list()).toBe(200);
  });

  it('are the same for the same seed, independent of other calls and of ids', async () => {
    const disturbance: ApiDisturbance = { seed: 2, failBefore: 0.4, outcomes: [500, 503] };
    const first = await under(disturbance, () => repeat(30, remove));
    const second = await under(disturbance, () =>
      repeat(30, async () => {
        await list();
        return remove();
      }),
    );
    expect(second).toEqual(first);
    expect(await under({ ...disturbance, seed: 3 }, () => repeat(30, remove))).not.toEqual(first);
  });

  it('before the effect prevent it, and after the effect keep it', async () => {
    const { control } = bench.simulator;
    const placed = async (disturbance: ApiDisturbance): Promise<[number, number | undefined, number]> => {
      const request = placement();
      const key = randomUUID();
      const failed = await under(disturbance, () => bench.client.place(request, key));
      const count = control.portfolioOrderCounts()[String(request.account_id)];
      const again = await bench.client.place(request, key);
      expect(control.portfolioOrderCounts()[String(request.account_id)]).toBe(1);
      return [failed.status, count, again.status];
    };
    expect(await placed({ seed: 4, failBefore: 1, outcomes: [503] })).toEqual([503, undefined, 200]);
    expect(await placed({ seed: 4, failAfter: 1, outcomes: [504] })).toEqual([504, 1, 200]);
  });

  it('can drop the response by a reset', async () => {
    const request = placement();
    const outcome = under({ seed: 5, failAfter: 1, outcomes: ['reset'] }, () =>
      outcomeOf(bench.client.place(request)),
    );
    expect(await outcome).toBe('reset');
    expect(bench.simulator.control.portfolioOrderCounts()[String(request.account_id)]).toBe(1);
  });

  it('exclude token requests and PATCH by default', async () => {
    bench.simulator.control.disturbApi({ seed: 6, failBefore: 1, outcomes: [500] });
    expect((await bench.client.token('orders:read')).status).toBe(200);
    const patch = (): Promise<HttpResponse> =>
      bench.client.call('PATCH', `/webhooks/${randomUUID()}`, { body: { enabled: true } });
    expect((await patch()).status).toBe(404);
    expect(await list()).toBe(500);
    bench.simulator.control.disturbApi({
      seed: 6,
      failBefore: 1,
      outcomes: [500],
      methods: ['patch', 'post'],
      paths: ['/auth/token', '/webhooks'],
    });
    expect((await bench.client.token('orders:read')).status).toBe(500);
    expect((await patch()).status).toBe(500);
    expect(await list()).toBe(200);
  });

  it('yield to armed faults, and end when faults are cleared', async () => {
    const { control } = bench.simulator;
    control.disturbApi({ seed: 7, failBefore: 1, outcomes: [500] });
    control.failCalls({ method: 'GET', outcome: 429 });
    expect(await repeat(2, list)).toEqual([429, 500]);
    control.clearFaults();
    expect(await list()).toBe(200);
  });

  it('can be set and ended over HTTP', async () => {
    const { client } = bench;
    const path = '/faults/disturbance';
    const disturbance = { seed: 8, failBefore: 1, outcomes: ['reset'], paths: ['/portfolios'] };
    expect((await client.control('PUT', path, disturbance)).status).toBe(200);
    expect(await list()).toBe('reset');
    expect((await client.control('DELETE', path)).status).toBe(200);
    expect(await list()).toBe(200);
    for (const wrong of [
      {},
      { seed: 1, failBefore: 2 },
      { seed: 1, outcomes: [200] },
      { seed: 1, outcomes: [] },
    ])
      expect((await client.control('PUT', path, wrong)).status).toBe(400);
  });
});
