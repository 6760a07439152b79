/** The queues of a morning of savings plans, against times that can be computed by hand. */
import { simulateBurst, workersWithin, type BurstOptions } from '../../bench/burst-model';

/** Everything is quick unless a test slows it down. */
const FAST: BurstOptions = {
  orders: 1_000,
  overMs: 0,
  eventsPerRequest: 10,
  requestsPerSecond: 1e6,
  signalsPerSecond: 1e6,
  deliveryMs: 1_000,
  parkedAfterMs: 5_000,
  workers: 1,
  startsPerSecond: 1e6,
  engineStartsPerSecond: Infinity,
  lingerMs: 0,
  emissionsPerSecond: 1e6,
  eswLatencyMs: 0,
  eswInFlight: 64,
};
const burst = (more: Partial<BurstOptions>) => simulateBurst({ ...FAST, ...more });

describe('the slowest station decides', () => {
  it.each<[string, Partial<BurstOptions>, seconds: number]>([
    ['requests', { requestsPerSecond: 20 }, 5],
    ['signals of the webhook', { signalsPerSecond: 100 }, 10],
    ['first workflow tasks', { startsPerSecond: 50 }, 20],
    ['Temporal', { engineStartsPerSecond: 200 }, 5],
    ['emission', { emissionsPerSecond: 40 }, 25],
    ['ESW, with 10 requests of 100 ms at a time', { eswLatencyMs: 100, eswInFlight: 10 }, 10],
    ['Upvest, which makes the orders over a minute', { overMs: 60_000 }, 60],
  ])('%s', (_what, slow, seconds) => {
    expect(burst(slow).emitted.last / 1000).toBeCloseTo(seconds, 0);
  });

  it('stations work side by side: two equally slow ones take as long as one, and one service more', () => {
    expect(burst({ signalsPerSecond: 100, startsPerSecond: 100 }).emitted.last).toBeCloseTo(10_010, -1);
  });

  it('starts and events share the threads of workers: both together take the time of both', () => {
    const { started, emitted } = burst({ startsPerSecond: 100, emissionsPerSecond: 50, lingerMs: 60_000 });
    expect(started.last).toBeCloseTo(10_000, -2);
    expect(emitted.last).toBeCloseTo(80_000, -3);
    expect(burst({ startsPerSecond: 100, emissionsPerSecond: 50 }).emitted.last).toBeCloseTo(30_000, -2);
  });
});

it('half of the orders are through after half of the time', () => {
  const { started } = burst({ startsPerSecond: 100 });
  expect(started.half).toBeCloseTo(5_000, -2);
  expect(started.last).toBeCloseTo(10_000, -2);
});

it('what comes before the slow station is not slowed down by it', () => {
  const { acknowledged, adopted, emitted } = burst({ signalsPerSecond: 1_000, startsPerSecond: 10 });
  expect(acknowledged.last).toBeCloseTo(1_000, -1);
  expect(adopted.last).toBeCloseTo(1_000, -1);
  expect(emitted.last).toBeCloseTo(100_000, -3);
});

it('linger and latency are passed through once by each order', () => {
  expect(burst({ lingerMs: 400, eswLatencyMs: 200, orders: 1 }).emitted.last).toBeCloseTo(600, 0);
});

it('more workers help where workers are slow, and not where the webhook is', () => {
  expect(burst({ startsPerSecond: 10, workers: 4 }).emitted.last).toBeCloseTo(25_000, -3);
  expect(burst({ signalsPerSecond: 10, workers: 4, deliveryMs: 60_000 }).emitted.last).toBeCloseTo(
    100_000,
    -3,
  );
});

describe('a request whose orders take longer than the server may', () => {
  const slow = { signalsPerSecond: 20, eventsPerRequest: 50, orders: 100 };

  it('is acknowledged in time, and the rest of its orders comes by a parked list', () => {
    const { acknowledged, adopted, parked } = burst(slow);
    // Two requests of a second with 20 orders each; 30 more of each follow from a list.
    expect(acknowledged.last).toBe(2_000);
    expect(parked).toBe(60);
    // The second list waits for the only worker: 1 + 5 + 1.5 + 1.5 seconds.
    expect(adopted.last).toBeCloseTo(9_000, -1);
  });

  it('delivers parked lists side by side', () => {
    expect(burst({ ...slow, workers: 2 }).adopted.last).toBeCloseTo(8_500, -1);
  });
});

describe('the number of workers that is enough', () => {
  it.each([
    [100_000, 1],
    [25_000, 4],
    [24_900, 5],
    [10_010, 10],
  ])('within %d ms: %d', (withinMs, workers) => {
    expect(workersWithin({ ...FAST, startsPerSecond: 10.01 }, withinMs)).toBe(workers);
  });

  it('is none where workers are not the limit', () => {
    expect(workersWithin({ ...FAST, engineStartsPerSecond: 10 }, 60_000)).toBeUndefined();
  });
});
