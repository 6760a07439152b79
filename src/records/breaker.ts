/** Spares callers the wait for a database that is away. */
import { RecordsUnavailable } from '../app/ports/records-unavailable';
import { callRecords } from './availability';

/** After a call that failed. Jittered, so that processes do not come back together. */
const PAUSE_MS = 5_000;

/**
 * Runs calls. After one that found the database away, others fail at once for a few seconds; then a single one tries again,
 * and the rest wait for its outcome by failing, too.
 *
 * @throws RecordsUnavailable when the database is away; other errors unchanged
 */
export type Breaker = <T>(work: () => Promise<T>) => Promise<T>;

export interface BreakerOptions {
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** At least 0, below 1. */
  random?: () => number;
}

export function createBreaker({ now = Date.now, random = Math.random }: BreakerOptions = {}): Breaker {
  let away: { until: number; cause: unknown } | undefined;
  let isTrying = false;
  return async (work) => {
    const isTrial = away !== undefined;
    if (away !== undefined) {
      if (isTrying || now() < away.until) throw new RecordsUnavailable({ cause: away.cause });
      isTrying = true;
    }
    try {
      const result = await callRecords(work);
      away = undefined;
      return result;
    } catch (error) {
      if (error instanceof RecordsUnavailable)
        away = { until: now() + PAUSE_MS * (0.8 + 0.4 * random()), cause: error.cause };
      // It has answered, if with an error.
      else away = undefined;
      throw error;
    } finally {
      if (isTrial) isTrying = false;
    }
  };
}
