import type { IssuedToken } from '../../../src/lib/oauth-token';
import { createTokenCache } from '../../../src/lib/oauth-token';
import { rejection } from './http-stub';

const SECOND = 1000;

/** A cache whose endpoint answers when `answer` is called; the clock stands still until it is moved. */
function setUp(expiresInSeconds = 1800) {
  let now = 1_000_000;
  const questions: { answer: () => void; fail: (error: Error) => void }[] = [];
  const cache = createTokenCache({
    clock: { now: () => now },
    fetch: () =>
      new Promise<IssuedToken>((resolve, reject) => {
        const value = `token-${questions.length + 1}`;
        questions.push({
          answer: () => {
            resolve({ value, expiresInSeconds });
          },
          fail: reject,
        });
      }),
  });
  return {
    cache,
    questions,
    pass: (ms: number) => {
      now += ms;
    },
    obtain: async () => {
      const token = cache.current();
      questions.at(-1)?.answer();
      return token;
    },
  };
}

test('however many ask at once, the endpoint is asked once', async () => {
  const { cache, questions } = setUp();
  const callUpvest = Array.from({ length: 50 }, () => cache.current());
  expect(questions).toHaveLength(1);
  questions[0]?.answer();
  expect(new Set(await Promise.all(callUpvest))).toEqual(new Set(['token-1']));
  await cache.current();
  expect(questions).toHaveLength(1);
});

test('a failure reaches everybody who waits, and the next one asks again', async () => {
  const { cache, questions } = setUp();
  const callUpvest = [1, 2, 3].map(() => rejection(cache.current()));
  const failure = new Error('no token today');
  questions[0]?.fail(failure);
  expect(await Promise.all(callUpvest)).toEqual([failure, failure, failure]);
  const again = cache.current();
  questions[1]?.answer();
  expect(await again).toBe('token-2');
});

test.each([
  [1800, 1740],
  [120, 60],
  // Shorter than twice the margin: half its lifetime.
  [60, 30],
  [10, 5],
])('a token for %i s is renewed after %i s', async (state, renewedAfter) => {
  const { obtain, pass, questions } = setUp(state);
  await obtain();
  pass(renewedAfter * SECOND - 1);
  expect(await obtain()).toBe('token-1');
  expect(questions).toHaveLength(1);
  pass(1);
  expect(await obtain()).toBe('token-2');
});

test('the lifetime is counted from the request, not from the answer', async () => {
  const { cache, obtain, pass, questions } = setUp(120);
  const first = cache.current();
  pass(50 * SECOND);
  questions[0]?.answer();
  expect(await first).toBe('token-1');
  pass(10 * SECOND);
  expect(await obtain()).toBe('token-2');
});

test('a renewal that fails leaves the old token in use until it expires, and not longer', async () => {
  const { cache, obtain, pass, questions } = setUp(1800);
  await obtain();
  pass(1799 * SECOND);
  const renewing = cache.current();
  questions[1]?.fail(new Error('endpoint is away'));
  expect(await renewing).toBe('token-1');
  pass(SECOND);
  const expired = rejection(cache.current());
  questions[2]?.fail(new Error('endpoint is away'));
  expect(await expired).toMatchObject({ message: 'endpoint is away' });
});

test('an invalidated token is not given out again; a late complaint does not cost the new one', async () => {
  const { cache, obtain, questions } = setUp();
  await obtain();
  cache.invalidate('token-1');
  expect(await obtain()).toBe('token-2');
  cache.invalidate('token-1');
  expect(await cache.current()).toBe('token-2');
  expect(questions).toHaveLength(2);
});
