/** Spares callers the wait for a database that is away. */
import { RecordsUnavailable } from '../app/ports/records-unavailable';
import { callRecords, isPoolFull } from './availability';

/** After a call that failed. Jittered, so that processes do not come back together. */
const PAUSE_MS = 5_000;

/**
 * Runs calls. After one that found the database away, others fail at once for a few seconds; then a single one tries again,
 * and the rest wait for its outcome by failing, too. A call that waited in vain while others were answered found a busy
 * database, not one that is away.
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
  /** Answers of the database so far. */
  let answers = 0;
  return async (work) => {
    const isTrial = away !== undefined;
    if (away !== undefined) {
      if (isTrying || now() < away.until) throw new RecordsUnavailable({ cause: away.cause });
      isTrying = true;
    }
    const answersBefore = answers;
    const answered = (): void => {
      answers += 1;
      away = undefined;
    };
    try {
      const result = await callRecords(work);
      answered();
      return result;
    } catch (error) {
      // An error of a query is an answer.
      if (!(error instanceof RecordsUnavailable)) answered();
      else if (answers === answersBefore && !isPoolFull(error.cause))
        away = { until: now() + PAUSE_MS * (0.8 + 0.4 * random()), cause: error.cause };
      throw error;
    } finally {
      if (isTrial) isTrying = false;
    }
  };
}
