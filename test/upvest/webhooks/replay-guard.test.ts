import { createReplayGuard } from '../../../src/upvest/webhooks/replay-guard';
import type { WebhookAccepted } from '../../../src/upvest/webhooks/signature';
import { rejection } from '../client/http-stub';

const signed = (fingerprint: string): WebhookAccepted => ({
  ok: true,
  version: 'v6',
  expired: false,
  keyId: 'key',
  fingerprint,
});
const work = () => Promise.resolve('done');

test('the same request again costs no work, however often it comes (14.36)', async () => {
  const guard = createReplayGuard();
  const counted = jest.fn(work);
  expect(await guard.once(signed('a'), counted)).toBe('done');
  for (let replay = 1; replay < 150; replay += 1)
    expect(await guard.once(signed('a'), counted)).toBeUndefined();
  expect(counted).toHaveBeenCalledTimes(1);
});

test('a replay that comes meanwhile is answered only when the work is done (14.36)', async () => {
  const guard = createReplayGuard();
  let finish = (): void => undefined;
  const first = guard.once(signed('a'), () => new Promise<void>((resolve) => (finish = resolve)));
  let isAnswered = false;
  const second = guard.once(signed('a'), work).then(() => (isAnswered = true));
  await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  finish();
  await Promise.all([first, second]);
});

test('another request with the same nonce is work of its own (14.36)', async () => {
  const guard = createReplayGuard();
  await guard.once(signed('a'), work);
  expect(await guard.once(signed('b'), work)).toBe('done');
});

test('what failed may come again', async () => {
  const guard = createReplayGuard();
  const failing = guard.once(signed('a'), () => Promise.reject(new Error('Temporal is away')));
  const meanwhile = guard.once(signed('a'), work);
  expect(await rejection(failing)).toMatchObject({ message: 'Temporal is away' });
  expect(await rejection(meanwhile)).toMatchObject({ message: 'Temporal is away' });
  expect(await guard.once(signed('a'), work)).toBe('done');
});

test('the memory is bounded, the oldest go first', async () => {
  const guard = createReplayGuard(2);
  for (const name of ['a', 'b', 'c']) await guard.once(signed(name), work);
  expect(await guard.once(signed('c'), work)).toBeUndefined();
  expect(await guard.once(signed('a'), work)).toBe('done');
});
