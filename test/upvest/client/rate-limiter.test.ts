import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import {
  createRateLimiter,
  TurnTooLate,
  type AcquireSlot,
  type RateSource,
} from '../../../src/upvest/client/rate-limiter';
import { rejection } from './http-stub';

test('turns come at even distances, never early', async () => {
  const turn = createRateLimiter(200);
  const started = performance.now();
  const taken = await Promise.all(
    Array.from({ length: 21 }, async () => {
      await turn(undefined);
      return performance.now() - started;
    }),
  );
  expect(taken.every((at, index) => at >= index * 5)).toBe(true);
});

test('who gives up gets the reason at once', async () => {
  const turn = createRateLimiter(0.01);
  const controller = new AbortController();
  await turn(undefined);
  const waiting = rejection(turn(controller.signal));
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await waiting).toBe(reason);
  expect(await rejection(turn(controller.signal))).toBe(reason);
});

test('a turn that is too far away is not taken, and it is said how far it is (14.10)', async () => {
  const turn = createRateLimiter(1);
  await turn(undefined);
  const tooLate = await rejection(turn(undefined, { withinMs: 500 }));
  expect(tooLate).toBeInstanceOf(TurnTooLate);
  const { waitMs } = tooLate as TurnTooLate;
  expect(waitMs).toBeGreaterThan(500);
  expect(waitMs).toBeLessThanOrEqual(1000);
  // Had it been taken, the next one would be two seconds away.
  expect(((await rejection(turn(undefined, { withinMs: 500 }))) as TurnTooLate).waitMs).toBeLessThanOrEqual(
    1000,
  );
});

/** Resolves with the names in the order in which they get their slots. */
async function orderOf(turn: AcquireSlot, calls: [name: string, isRead: boolean][]): Promise<string[]> {
  const order: string[] = [];
  await Promise.all(
    calls.map(async ([name, isRead]) => {
      await turn(undefined, { isRead });
      order.push(name);
    }),
  );
  return order;
}

test('reads wait while anything else does', async () => {
  const turn = createRateLimiter(200);
  const order = await orderOf(turn, [
    ['read 1', true],
    ['read 2', true],
    ['place 1', false],
    ['read 3', true],
    ['place 2', false],
  ]);
  // The first one came while none else did.
  expect(order).toEqual(['read 1', 'place 1', 'place 2', 'read 2', 'read 3']);
});

test('reads alone use four fifths of the rate', async () => {
  const turn = createRateLimiter(100);
  const started = performance.now();
  await Promise.all(Array.from({ length: 17 }, () => turn(undefined, { isRead: true })));
  expect(performance.now() - started).toBeGreaterThanOrEqual(16 * 12.5);
});

test('slots that a busy process missed are not made up for in a burst', async () => {
  const turn = createRateLimiter(1_000);
  const taken: number[] = [];
  const all = Promise.all(
    Array.from({ length: 300 }, async () => {
      await turn(undefined);
      taken.push(performance.now());
    }),
  );
  // Those that had a slot while the others still queued up.
  await setImmediate();
  const busyUntil = performance.now() + 200;
  while (performance.now() < busyUntil);
  await all;
  const firstAfter = taken.findIndex((at) => at >= busyUntil);
  const atOnce = taken.slice(firstAfter).filter((at) => at < busyUntil + 10).length;
  expect(atOnce).toBeLessThan(60);
});

test('a call in time for its slot may turn out too late when the rate falls', async () => {
  const rate = { now: 100 };
  const source: RateSource = {
    perSecond: () => rate.now,
    isPending: () => false,
    onDemand: () => undefined,
    onChange: () => undefined,
  };
  const turn = createRateLimiter(source);
  await turn(undefined);
  const waiting = rejection(turn(undefined, { withinMs: 100 }));
  rate.now = 1;
  expect(await waiting).toBeInstanceOf(TurnTooLate);
});
