/**
 * Timeouts that expire when a test advances them: no machine is too slow for them, and no test waits for them. Only
 * `setTimeout` is stopped; sockets, intervals and the clock run normally.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** For the tests of the file or of the `describe` in which it is called. */
export function holdTimeouts(): void {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: [
        ...(['Date', 'hrtime', 'performance', 'nextTick', 'queueMicrotask'] as const),
        ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
      ],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Advances the timeouts by this many milliseconds at once. */
export function pass(ms: number): void {
  jest.advanceTimersByTime(ms);
}

/** Waits for socket events, without a pause. */
export async function untilSeen(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Number of answers whose start the client has received in this test; the server cannot know that. For the tests of the
 * `describe` in which it is called.
 */
export function countAnswers(): () => number {
  let count = 0;
  const seen = (): void => {
    count += 1;
  };
  beforeEach(() => {
    count = 0;
    subscribe('undici:request:headers', seen);
  });
  afterEach(() => {
    unsubscribe('undici:request:headers', seen);
  });
  return () => count;
}
