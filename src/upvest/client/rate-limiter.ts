import { performance } from 'node:perf_hooks';

/** Thrown when the caller's turn would come later than it can wait. No turn is taken. */
export class TurnTooLate extends Error {
  constructor(readonly waitMs: number) {
    super(`The rate limit leaves no turn for ${Math.ceil(waitMs)} ms`);
  }
}

export interface SlotOptions {
  /** The longest wait, in milliseconds. Default: no limit. */
  withinMs?: number | undefined;
  /** Reads come after all other calls, which place or cancel, and use a part of the rate only. */
  isRead?: boolean | undefined;
}

/**
 * Waits for the caller's slot. Rejects with the signal's reason if it aborts first, and at once with TurnTooLate if the slot is
 * more than `withinMs` away.
 */
export type AcquireSlot = (signal: AbortSignal | undefined, options?: SlotOptions) => Promise<void>;

/** The rate of a limiter. */
export interface RateSource {
  /** Requests per second that may be sent now, above 0. */
  perSecond(): number;
  /** Called for each new request, and for each slot while requests wait. */
  onDemand(demand: { isNew: boolean; waiting: number }): void;
  /** True while a larger rate may come within moments, so that the current one tells nothing of the wait. */
  isPending(): boolean;
  /** The listener is called when the rate has changed. */
  onChange(listener: () => void): void;
}

/** Part of the rate that reads may use: the rest is for placing and cancelling. */
const READ_SHARE = 0.8;
/** Slots that a busy event loop missed are made up for, but not older ones: Upvest counts requests per second. */
const LATEST_MS = 20;

interface Waiting {
  since: number;
  go(): void;
}

/**
 * Spaces calls evenly. Uses a monotonic clock: a step of the wall clock would block all calls for as long as the step.
 *
 * @param rate requests per second, fixed or changing
 */
export function createRateLimiter(rate: number | RateSource): AcquireSlot {
  const source = typeof rate === 'number' ? fixedRate(rate) : rate;
  const first: Waiting[] = [];
  const reads: Waiting[] = [];
  let lastSlot = -Infinity;
  let lastRead = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  /** When the next slot for a read, or for another call, is free. */
  const nextSlot = (isRead: boolean): number => {
    const intervalMs = 1000 / source.perSecond();
    const next = lastSlot + intervalMs;
    return isRead ? Math.max(next, lastRead + intervalMs / READ_SHARE) : next;
  };

  /** Gives slots that are due, and waits for the next one. */
  const proceed = (): void => {
    clearTimeout(timer);
    for (;;) {
      const isRead = first.length === 0;
      const queue = isRead ? reads : first;
      const [head] = queue;
      if (head === undefined) return;
      const at = nextSlot(isRead);
      const now = performance.now();
      if (at > now) {
        // A timer may fire early: it counts whole milliseconds from the start of the event loop's iteration.
        timer = setTimeout(proceed, Math.ceil(at - now));
        return;
      }
      queue.shift();
      lastSlot = Math.max(at, head.since, now - LATEST_MS);
      if (isRead) lastRead = lastSlot;
      head.go();
      if (first.length + reads.length > 0)
        source.onDemand({ isNew: false, waiting: first.length + reads.length });
    }
  };
  source.onChange(proceed);

  /** How long a call that comes now waits. */
  const expectedWait = (isRead: boolean): number => {
    const intervalMs = 1000 / source.perSecond();
    const wait = Math.max(0, nextSlot(isRead) - performance.now()) + first.length * intervalMs;
    return isRead ? wait + (reads.length * intervalMs) / READ_SHARE : wait;
  };

  const wait = (signal: AbortSignal | undefined, isRead: boolean, withinMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = isRead ? reads : first;
      const leave = (error: unknown): void => {
        queue.splice(queue.indexOf(waiting), 1);
        // A process that stops does not wait for a slot that no call needs.
        if (first.length + reads.length === 0) clearTimeout(timer);
        end();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason of a signal may be anything
        reject(error);
      };
      const onAbort = (): void => {
        leave(signal?.reason);
      };
      const tooLate =
        withinMs === Infinity
          ? undefined
          : setTimeout(() => {
              leave(new TurnTooLate(expectedWait(isRead)));
            }, withinMs);
      const end = (): void => {
        clearTimeout(tooLate);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = {
        since: performance.now(),
        go() {
          end();
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(waiting);
      proceed();
      source.onDemand({ isNew: true, waiting: first.length + reads.length });
    });

  return async (signal, { withinMs = Infinity, isRead = false } = {}) => {
    signal?.throwIfAborted();
    const expected = expectedWait(isRead);
    if (expected > withinMs && !source.isPending()) throw new TurnTooLate(expected);
    await wait(signal, isRead, withinMs);
  };
}

function fixedRate(perSecond: number): RateSource {
  return {
    perSecond: () => perSecond,
    isPending: () => false,
    onDemand: () => undefined,
    onChange: () => undefined,
  };
}
