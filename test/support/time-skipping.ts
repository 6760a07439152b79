/**
 * The real workflows on Temporal's time-skipping test server, with stub activities: deadlines of days pass in
 * milliseconds, under the policies that production has. docs/testing.md lists the limits of that server: tests of
 * visibility and of failures with heartbeat details stay on the real one.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { temporal } from '@temporalio/proto';
import { requiredSearchAttributes } from '../../contracts/search-attributes';
import { startStubWorker, type StubWorker } from './stub-worker';
import { installTestRuntime, timeSkippingServer } from './temporal';

const {
  INDEXED_VALUE_TYPE_KEYWORD: KEYWORD,
  INDEXED_VALUE_TYPE_KEYWORD_LIST: KEYWORD_LIST,
  INDEXED_VALUE_TYPE_DOUBLE: DOUBLE,
  INDEXED_VALUE_TYPE_DATETIME: DATETIME,
} = temporal.api.enums.v1.IndexedValueType;
const TYPES = { KEYWORD, KEYWORD_LIST, DOUBLE, DATETIME };

export interface TimeSkipping {
  worker: StubWorker;
  /** The server's clock, milliseconds since the epoch; independent of `Date.now()` of the test. */
  now(): Promise<number>;
  /** The server's clock at the last call here, advanced by this process's clock: for the times of the broker's reports. */
  clock: () => Date;
  /**
   * Lets workflow time pass, and all that is due in it happen. While an activity is under way the server skips nothing,
   * so a test that holds an answer back lets no time pass meanwhile.
   */
  pass(duration: number | `${number}${'s' | 'm' | 'h' | 'd'}`): Promise<void>;
  /** Like `pass`, until an instant (ISO 8601, or milliseconds since the epoch); timers due at that instant fire at once. */
  passUntil(instant: string | number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A server and a worker for one test file. While a test waits for a workflow's `result()`, the server skips to whatever is
 * due next: where time must stand still, wait for the view to be finished.
 */
export async function startTimeSkipping(): Promise<TimeSkipping> {
  installTestRuntime();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: timeSkippingServer() } },
  });
  try {
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(
        requiredSearchAttributes.map(({ name, type }) => [name, TYPES[type]]),
      ),
    });
    const { client, nativeConnection: connection } = env;
    const worker = await startStubWorker({ client, connection, namespace: 'default' });
    let ahead = 0;
    const now = async (): Promise<number> => {
      const time = await env.currentTimeMs();
      ahead = time - Date.now();
      return time;
    };
    const pass = async (duration: Parameters<TimeSkipping['pass']>[0]): Promise<void> => {
      await env.sleep(duration);
      await now();
    };
    await now();
    return {
      worker,
      now,
      clock: () => new Date(Date.now() + ahead),
      pass,
      passUntil: async (instant) => pass(Math.max(0, new Date(instant).getTime() - (await now()))),
      async stop() {
        await worker.stop();
        await env.teardown();
      },
    };
  } catch (error) {
    await env.teardown();
    throw error;
  }
}

const DAY_MS = 86_400_000;
/** Month (0 is January) to Berlin's hours ahead of UTC: months in which no market closes and no clock is changed. */
const QUIET_MONTHS: Partial<Record<number, number>> = { 1: 1, 5: 2, 6: 2, 8: 2 };

/**
 * The next Monday, 10:00 in Berlin, that is followed by two weeks without a holiday of any market or a change to or from
 * summer time: from it a test counts trading days on its fingers. 13 of them in a year.
 */
export function quietMonday(now: number): number {
  for (let midnight = Math.floor(now / DAY_MS) * DAY_MS; ; midnight += DAY_MS) {
    const hoursAhead = QUIET_MONTHS[new Date(midnight).getUTCMonth()];
    const isQuiet =
      hoursAhead !== undefined && new Date(midnight + 13 * DAY_MS).getUTCMonth() in QUIET_MONTHS;
    const monday = midnight + (10 - (hoursAhead ?? 0)) * 3_600_000;
    if (isQuiet && new Date(midnight).getUTCDay() === 1 && monday >= now) return monday;
  }
}

const SEVENTEEN_MINUTES = 17 * 60_000;
/**
 * Policies under which no trouble is flagged within milliseconds of a deadline: the server that skips time loses a workflow
 * task that stops a timer which fires meanwhile.
 */
export const ATTENTION_APART = {
  troubles: { eswAttentionAfterMs: SEVENTEEN_MINUTES, upvestAttentionAfterMs: SEVENTEEN_MINUTES },
};
