/** Leases of Upvest's budget: never above it together, and fair. */
import { grantLease, inUse, type Holder, type Lease } from '../../../src/domain/budget/leases';
import { randomOf } from '../calendar/schedules';

const T = 1_000_000;
const BUDGET = 250;

/** Asks one after another at the same moment. */
function ask(
  holders: Holder[],
  now: number,
  ...wants: [holder: string, wanted: number][]
): { holders: Holder[]; leases: Lease[] } {
  const leases: Lease[] = [];
  for (const [holder, wanted] of wants) {
    const granted = grantLease(holders, { holder, wanted, budget: BUDGET }, now);
    holders = granted.holders;
    leases.push(granted.lease);
  }
  return { holders, leases };
}
const sharesOf = ({ leases }: { leases: Lease[] }): number[] =>
  leases.map(({ requestsPerSecond }) => requestsPerSecond);

describe('a share', () => {
  test('is what is wanted while that is there', () => {
    expect(sharesOf(ask([], T, ['a', 100], ['b', 20]))).toEqual([100, 20]);
  });

  test('of one process alone leaves a tenth for a newcomer, which gets it at once', () => {
    const { holders, leases } = ask([], T, ['a', 1_000], ['b', 1_000], ['c', 10]);
    expect(leases).toEqual([
      { requestsPerSecond: 225, forMs: 24_000 },
      { requestsPerSecond: 25, forMs: 24_000 },
      { requestsPerSecond: 0, forMs: 2_000 },
    ]);
    expect(holders.map(inUse)).toEqual([225, 25, 0]);
  });

  test('becomes fair as leases are renewed: small ones are as wanted, and the rest is divided', () => {
    let { holders } = ask([], T, ['a', 1_000], ['b', 1_000], ['c', 20]);
    for (let now = T + 4_000; now < T + 40_000; now += 4_000)
      ({ holders } = ask(holders, now, ['a', 1_000], ['b', 1_000], ['c', 20]));
    expect(sharesOf(ask(holders, T + 40_000, ['a', 1_000], ['b', 1_000], ['c', 20]))).toEqual([102, 102, 20]);
  });

  test('of a process that ends without notice is free when its lease is over', () => {
    const { holders } = ask([], T, ['a', 200], ['b', 50]);
    expect(sharesOf(ask(holders, T + 24_999, ['b', 200]))).toEqual([50]);
    expect(sharesOf(ask(holders, T + 25_000, ['b', 200]))).toEqual([200]);
  });

  test('that was larger counts until its lease is over, since the answer may be lost', () => {
    const { holders } = ask([], T, ['a', 200]);
    const renewed = ask(holders, T + 6_000, ['a', 50], ['b', 200]);
    expect(sharesOf(renewed)).toEqual([50, 50]);
    expect(sharesOf(ask(renewed.holders, T + 25_000, ['b', 200]))).toEqual([175]);
  });

  test('of 0 is asked for again as soon as a lease ends', () => {
    const { holders } = ask([], T, ['a', 225], ['b', 25]);
    expect(ask(holders, T + 24_000, ['c', 10]).leases).toEqual([{ requestsPerSecond: 0, forMs: 1_000 }]);
  });
});

test('a budget that is lowered grants nothing until the leases of the larger one are over', () => {
  const { holders } = ask([], T, ['a', 200]);
  const lowered = grantLease(holders, { holder: 'b', wanted: 10, budget: 100 }, T + 1_000);
  expect(lowered.lease.requestsPerSecond).toBe(0);
  expect(grantLease(lowered.holders, { holder: 'b', wanted: 10, budget: 100 }, T + 26_000).lease).toEqual({
    requestsPerSecond: 10,
    forMs: 24_000,
  });
});

/** What a process does by its own clock, which starts when it sends its request. */
interface Process {
  lease: { requestsPerSecond: number; until: number };
}

/**
 * Processes ask at random moments; requests and answers take up to eight seconds or are lost, and processes end without notice. For each
 * second, the largest rate that each process may have used in it.
 */
function heaviestSecond(seed: number): number {
  const random = randomOf(seed);
  const count = 1 + Math.floor(random() * 8);
  const processes: Process[] = Array.from({ length: count }, () => ({
    lease: { requestsPerSecond: 0, until: 0 },
  }));
  const arrivals: { at: number; by: number; sentAt: number; wanted: number }[] = [];
  for (let by = 0; by < count; by += 1) {
    const endsAt = random() < 0.5 ? random() * 60_000 : 60_000;
    for (let at = random() * 5_000; at < endsAt; at += 500 + random() * 10_000)
      arrivals.push({ at: at + random() * 4_000, by, sentAt: at, wanted: Math.floor(random() * 400) });
  }
  arrivals.sort((one, other) => one.at - other.at);
  const changes: { at: number; by: number; lease: Process['lease'] }[] = [];
  let holders: Holder[] = [];
  for (const { at, by, sentAt, wanted } of arrivals) {
    const granted = grantLease(holders, { holder: `p${by}`, wanted, budget: BUDGET }, at);
    holders = granted.holders;
    if (random() < 0.2) continue;
    const { requestsPerSecond, forMs } = granted.lease;
    const lease = { requestsPerSecond, until: sentAt + (requestsPerSecond > 0 ? forMs : 0) };
    changes.push({ at: at + random() * 4_000, by, lease });
  }
  changes.sort((one, other) => one.at - other.at);

  const perSecond = new Map<number, number[]>();
  let next = 0;
  for (let now = 0; now < 80_000; now += 50) {
    for (; (changes[next]?.at ?? Infinity) <= now; next += 1) {
      const change = changes[next];
      if (change !== undefined) processes[change.by] = { lease: change.lease };
    }
    const rates = perSecond.get(Math.floor(now / 1000)) ?? Array<number>(count).fill(0);
    for (const [by, { lease }] of processes.entries())
      if (now < lease.until) rates[by] = Math.max(rates[by] ?? 0, lease.requestsPerSecond);
    perSecond.set(Math.floor(now / 1000), rates);
  }
  const sums = [...perSecond.values()].map((rates) => rates.reduce((sum, rate) => sum + rate, 0));
  return Math.max(...sums);
}

test('all processes together are never above the budget in any second, whatever is delayed, lost or killed', () => {
  const heaviest = Array.from({ length: 400 }, (_, seed) => heaviestSecond(seed));
  expect(Math.max(...heaviest)).toBeLessThanOrEqual(BUDGET);
  // The runs come near the budget, so that the check above can fail.
  expect(heaviest.filter((sum) => sum > 0.8 * BUDGET).length).toBeGreaterThan(100);
});
