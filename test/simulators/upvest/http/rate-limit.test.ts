import { RateLimit } from '../../../../simulators/upvest/http/rate-limit';
import { startBench, type UpvestBench } from '../support/bench';
import type { HttpResponse } from '../support/client';

it('admits at most the limit in any second', () => {
  const limit = new RateLimit(3);
  const admitted = [0, 500, 999, 999.5, 1000, 1001, 1499, 1500, 1998, 1999].map((at) => limit.tryAcquire(at));
  expect(admitted).toEqual([true, true, true, false, true, false, false, true, false, true]);
});

describe('a burst', () => {
  let bench: UpvestBench | undefined;
  afterEach(() => bench?.close());

  const burst = async (options: { retryAfterHeader?: boolean }): Promise<HttpResponse[]> => {
    bench = await startBench({ requestsPerSecond: 5, ...options });
    const { client } = bench;
    return Promise.all(Array.from({ length: 40 }, () => client.token('webhooks:read')));
  };

  it('gets 429 above the limit, except on the control plane', async () => {
    const answers = await burst({});
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 429]));
    const rejected = answers.find(({ status }) => status === 429);
    expect(rejected?.headers).not.toHaveProperty('retry-after');
    expect(rejected?.json).toMatchObject({ type: expect.stringMatching(/\/too_many_requests$/) as string });
    for (let call = 0; call < 20; call += 1) {
      expect((await bench?.client.control('GET', '/truth'))?.status).toBe(200);
    }
  });

  it('gets retry-after if enabled', async () => {
    const rejected = (await burst({ retryAfterHeader: true })).find(({ status }) => status === 429);
    expect(rejected?.headers['retry-after']).toBe('1');
  });
});

it('the limit must be at least one call', async () => {
  await expect(startBench({ requestsPerSecond: 0 })).rejects.toThrow(/requestsPerSecond/);
});
