/**
 * The rate of one process of a deployment: its lease of the deployment's budget while it has one, else a small rate that needs
 * none. Asks for a lease when requests wait, and lets it end when they do not.
 */
import { performance } from 'node:perf_hooks';
import type { Lease } from '../../domain/budget/leases';
import type { RateSource } from './rate-limiter';

export interface LeasedRateOptions {
  /** Asks for a lease of so many requests per second; rejects if the budget does not answer. */
  ask: (wanted: number) => Promise<Lease>;
  /** Called with the first failure of `ask` in a row. */
  onOutage?: (error: unknown) => void;
}

/**
 * Requests per second of a process without a lease. They come out of the distance between the budget and Upvest's limit, so
 * that a quiet process costs nothing, and one that cannot reach Temporal can still read keys and get tokens.
 */
export const UNLEASED_PER_SECOND = 2;

/** A process that needs a lease wants at least so much: asking for less costs as much. */
const SMALLEST_SHARE = 10;
/** What is wanted in addition to the rate of the last seconds, since orders come in bursts. */
const HEADROOM = 1.5;
/** Part of a lease after which it is renewed. */
const RENEWED_AFTER = 0.5;
/** A lease that proves too small is asked for anew after this time. Milliseconds. */
const GROWS_AFTER_MS = 4_000;
/** Much more waits than was known when asking: so many times as much, and after so long. */
const UNFORESEEN = { times: 4, afterMs: 250 };
const PAUSES_MS = { first: 1_000, longest: 10_000 };

export function createLeasedRate({ ask, onOutage }: LeasedRateOptions): RateSource {
  let lease = { requestsPerSecond: 0, from: -Infinity, until: -Infinity };
  let isAsking = false;
  let askAgainAt = -Infinity;
  let failures = 0;
  let lastWanted = 0;
  let requests = 0;
  let countedSince = performance.now();
  let changed: () => void = () => undefined;

  const isLeased = (now: number): boolean => now < lease.until;
  const recentRate = (now: number): number => (requests * 1000) / Math.max(1000, now - countedSince);

  function isDue(now: number, waiting: number): boolean {
    if (!isLeased(now)) return waiting > 0;
    const age = now - lease.from;
    const isUnforeseen = waiting > UNFORESEEN.times * lastWanted && lease.requestsPerSecond === lastWanted;
    if (isUnforeseen && age >= UNFORESEEN.afterMs) return true;
    if (age >= GROWS_AFTER_MS && waiting > lease.requestsPerSecond / 4) return true;
    const isBusy = waiting > 0 || recentRate(now) > UNLEASED_PER_SECOND;
    return age >= RENEWED_AFTER * (lease.until - lease.from) && isBusy;
  }

  async function renew(now: number, waiting: number): Promise<void> {
    isAsking = true;
    const wanted = Math.max(SMALLEST_SHARE, Math.ceil(HEADROOM * recentRate(now)) + waiting);
    lastWanted = wanted;
    requests = 0;
    countedSince = now;
    try {
      const { requestsPerSecond, forMs } = await ask(wanted);
      failures = 0;
      // From the moment of asking: the workflow that grants counts from a later one.
      lease = { requestsPerSecond, from: now, until: now + (requestsPerSecond > 0 ? forMs : 0) };
      askAgainAt = requestsPerSecond > 0 ? -Infinity : performance.now() + forMs;
    } catch (error) {
      failures += 1;
      const pause = Math.min(PAUSES_MS.longest, PAUSES_MS.first * 2 ** (failures - 1));
      askAgainAt = performance.now() + pause * (1 + Math.random() / 2);
      if (failures === 1) onOutage?.(error);
    } finally {
      isAsking = false;
    }
    changed();
  }

  return {
    perSecond: () =>
      isLeased(performance.now())
        ? Math.max(UNLEASED_PER_SECOND, lease.requestsPerSecond)
        : UNLEASED_PER_SECOND,
    isPending() {
      const now = performance.now();
      return isAsking || (!isLeased(now) && now >= askAgainAt);
    },
    onDemand({ isNew, waiting }) {
      if (isNew) requests += 1;
      const now = performance.now();
      if (!isAsking && now >= askAgainAt && isDue(now, waiting)) void renew(now, waiting);
    },
    onChange(listener) {
      changed = listener;
    },
  };
}
