import { performance } from 'node:perf_hooks';
import { createRateLimiter, TurnTooLate } from '../../../src/upvest/client/rate-limiter';
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
  const tooLate = await rejection(turn(undefined, 500));
  expect(tooLate).toBeInstanceOf(TurnTooLate);
  const { waitMs } = tooLate as TurnTooLate;
  expect(waitMs).toBeGreaterThan(500);
  expect(waitMs).toBeLessThanOrEqual(1000);
  // Had it been taken, the next one would be two seconds away.
  expect(((await rejection(turn(undefined, 500))) as TurnTooLate).waitMs).toBeLessThanOrEqual(1000);
});
