/** Turns between events; `client-limits.test.ts` shows them over sockets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSemaphore } from '../../src/esw/concurrency';
import { rejection } from '../upvest/client/http-stub';

test('a waiter that is admitted and aborted in the same moment gives the turn back', async () => {
  const inTurn = createSemaphore(1);
  let release = (): void => undefined;
  const first = inTurn(() => new Promise<void>((resolve) => (release = resolve)));
  const controller = new AbortController();
  const second = rejection(inTurn(() => Promise.resolve(), controller.signal));
  const third = inTurn(() => Promise.resolve('its turn'));
  await new Promise((resolve) => setImmediate(resolve));

  const reason = new Error('worker stops');
  release();
  controller.abort(reason);
  await first;
  expect(await second).toBe(reason);
  expect(await Promise.race([third, sleep(2_000, 'no turn', { ref: false })])).toBe('its turn');
});
