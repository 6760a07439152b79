import { RateLimit } from '../../src/simulator/upvest/rate-limit';
import { startBench, type UpvestBench } from './support/upvest-bench';
import type { Answer } from './support/upvest-client';

it('admits so many calls within any second, and no more', () => {
  const limit = new RateLimit(3);
  const admitted = [0, 500, 999, 999.5, 1000, 1001, 1499, 1500, 1998, 1999].map((at) => limit.admits(at));
  expect(admitted).toEqual([true, true, true, false, true, false, false, true, false, true]);
});

describe('a burst', () => {
  let bench: UpvestBench | undefined;
  afterEach(() => bench?.close());

  const burst = async (options: { retryAfterHeader?: boolean }): Promise<Answer[]> => {
    bench = await startBench({ requestsPerSecond: 5, ...options });
    const { client } = bench;
    return Promise.all(Array.from({ length: 40 }, () => client.token('webhooks:read')));
  };

  it('is answered 429 above the limit; the control plane is not', async () => {
    const answers = await burst({});
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 429]));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers).not.toHaveProperty('retry-after');
    expect(refused?.json).toMatchObject({ type: expect.stringMatching(/\/too_many_requests$/) as string });
    for (let call = 0; call < 20; call += 1) {
      expect((await bench?.client.control('GET', '/truth'))?.status).toBe(200);
    }
  });

  it('is told when to come again, if asked for', async () => {
    const refused = (await burst({ retryAfterHeader: true })).find(({ status }) => status === 429);
    expect(refused?.headers['retry-after']).toBe('1');
  });
});

it('must be at least one call', async () => {
  await expect(startBench({ requestsPerSecond: 0 })).rejects.toThrow(/requestsPerSecond/);
});
