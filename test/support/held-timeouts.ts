/**
 * Time limits that pass when a test says so: no machine is too slow for them, and no test waits for them. Only
 * `setTimeout` stands still; sockets, intervals and the clock go on.
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

/** Lets this many milliseconds pass at once. */
export function pass(ms: number): void {
  jest.advanceTimersByTime(ms);
}

/** Waits for what sockets bring about, without a pause. */
export async function untilSeen(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * How many answers the client has seen begin since the test began; a server cannot know how far its bytes have come. For
 * the tests of the `describe` in which it is called.
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
