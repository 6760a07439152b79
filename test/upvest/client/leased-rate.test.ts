/** The rate of a process: small without a lease, that of its lease with one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from '../../../src/domain/budget/leases';
import { createLeasedRate } from '../../../src/upvest/client/leased-rate';
import { createRateLimiter, TurnTooLate } from '../../../src/upvest/client/rate-limiter';
import { rejection } from './http-stub';

/** A limiter whose budget answers as given, and what was asked of it. */
function limited(answer: () => Promise<Lease>) {
  const wanted: number[] = [];
  const outages: unknown[] = [];
  const rate = createLeasedRate({
    ask: (share) => {
      wanted.push(share);
      return answer();
    },
    onOutage: (error) => outages.push(error),
  });
  return { turn: createRateLimiter(rate), wanted, outages, rate };
}
const lease = (requestsPerSecond: number, forMs = 12_000) => Promise.resolve({ requestsPerSecond, forMs });

test('a process that makes two requests per second asks for no lease', async () => {
  const { turn, wanted } = limited(() => lease(100));
  await turn(undefined);
  await sleep(500);
  await turn(undefined);
  expect(wanted).toEqual([]);
});

test('requests that wait make it ask, for as much as waits, and go on at the rate of the lease', async () => {
  const { turn, wanted } = limited(() => lease(100));
  const started = performance.now();
  await Promise.all(Array.from({ length: 31 }, () => turn(undefined)));
  const took = performance.now() - started;
  expect(took).toBeGreaterThanOrEqual(300);
  expect(took).toBeLessThan(2_000);
  expect(wanted).toEqual([10]);
});

test('much more than it asked for makes it ask again at once', async () => {
  const wanted: number[] = [];
  const rate = createLeasedRate({
    ask: (share) => {
      wanted.push(share);
      return lease(share);
    },
  });
  const turn = createRateLimiter(rate);
  const started = performance.now();
  await Promise.all(Array.from({ length: 400 }, () => turn(undefined)));
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(wanted).toHaveLength(2);
  expect(wanted[1]).toBeGreaterThan(390);
});

test('when the lease is over and not renewed, the small rate applies again', async () => {
  let isUp = true;
  const { turn, rate, outages } = limited(() =>
    isUp ? lease(50, 300) : Promise.reject(new Error('Temporal is away')),
  );
  await Promise.all([turn(undefined), turn(undefined)]);
  expect(rate.perSecond()).toBe(50);
  isUp = false;
  await Promise.all(Array.from({ length: 12 }, () => turn(undefined)));
  await sleep(300);
  expect(rate.perSecond()).toBe(2);
  const started = performance.now();
  await Promise.all([turn(undefined), turn(undefined)]);
  expect(performance.now() - started).toBeGreaterThan(400);
  expect(outages).toEqual([new Error('Temporal is away')]);
});

test('a lease counts from the moment of asking', async () => {
  const { turn, rate } = limited(() => sleep(200).then(() => lease(50, 300)));
  await Promise.all([turn(undefined), turn(undefined)]);
  await sleep(120);
  expect(rate.perSecond()).toBe(2);
});

test('a busy process renews its lease before it is over, a quiet one does not', async () => {
  const { turn, wanted, rate } = limited(() => lease(20, 400));
  const busyUntil = performance.now() + 1_000;
  while (performance.now() < busyUntil) await turn(undefined);
  expect(rate.perSecond()).toBe(20);
  const asked = wanted.length;
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(asked).toBeLessThanOrEqual(5);
  await sleep(600);
  await turn(undefined);
  expect(rate.perSecond()).toBe(2);
  expect(wanted).toHaveLength(asked);
});

test('before a lease is granted or refused, a call waits as long as it can', async () => {
  const { turn } = limited(() => sleep(100).then(() => lease(100)));
  await Promise.all([turn(undefined), turn(undefined, { withinMs: 400 })]);
  const { turn: slow } = limited(() => sleep(60_000, undefined, { ref: false }).then(() => lease(1)));
  await slow(undefined);
  expect(await rejection(slow(undefined, { withinMs: 100 }))).toBeInstanceOf(TurnTooLate);
});
