import { performance } from 'node:perf_hooks';
import { createSpacing } from '../../src/upvest/spacing';
import { rejection } from './http-stub';

test('turns come in order and not faster than allowed', async () => {
  const turn = createSpacing(200);
  const started = performance.now();
  const order: number[] = [];
  const taking = Array.from({ length: 21 }, async (_none, index) => {
    await turn(undefined);
    order.push(index);
  });
  await Promise.all(taking);
  expect(order).toEqual(Array.from({ length: 21 }, (_none, index) => index));
  // 20 gaps of 5 ms; timers may fire a fraction of a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(95);
});

test('who gives up gets the reason at once', async () => {
  const turn = createSpacing(0.01);
  const controller = new AbortController();
  await turn(undefined);
  const waiting = rejection(turn(controller.signal));
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await waiting).toBe(reason);
  expect(await rejection(turn(controller.signal))).toBe(reason);
});
