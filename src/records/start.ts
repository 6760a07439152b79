/** Checks the records database at the start of a process, and reports to the person who started it. */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { StartFailure } from '../lib/start-failure';
import { isAway } from './availability';
import { connectRecords, type RecordsDatabase } from './connect';
import { checkMigrations } from './migrate';
import { reasonOf } from './reason';

/**
 * A database that is away is reported, and does not stop the start: webhooks, tracking and events to ESW never depend on
 * it, and a process that restarts during its outage must go on with them.
 *
 * @throws StartFailure when the database answers and lacks migrations, or refuses the check
 */
export async function checkRecords(databaseUrl: string, log: Pick<Logger, 'warn' | 'error'>): Promise<void> {
  const db = connectRecords(databaseUrl, { name: 'portfolio-orders start', maxConnections: 1 });
  const warn = (line: string): void => {
    log.warn(line);
  };
  try {
    const problems = await checkMigrations(db, warn);
    if (problems.length > 0) throw new StartFailure('The records database is not up to date', problems);
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    if (!isAway(error)) throw unusable(databaseUrl, error);
    const { title, problems, remedy } = unusable(databaseUrl, error);
    log.error({ err: error, problems, remedy, ...CONSEQUENCES }, title);
  } finally {
    await db.destroy();
  }
}

const CONSEQUENCES = {
  meanwhile:
    'Webhooks, tracking and events to ESW go on. Submits are answered 503 RECORDS_UNAVAILABLE, and finished orders stay open until their records are stored.',
};

/** @throws StartFailure when the database cannot be reached */
export async function assertReachable(db: RecordsDatabase, databaseUrl: string): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (cause) {
    throw unusable(databaseUrl, cause);
  }
}

export const REACH_REMEDY =
  'Start PostgreSQL, or set DATABASE_URL to its address; check the user, its password and its rights.';

function unusable(databaseUrl: string, cause: unknown): StartFailure {
  const title = `The records database at ${databaseAddress(databaseUrl)} is not usable`;
  return new StartFailure(title, [reasonOf(cause)], REACH_REMEDY, { cause });
}

/** For messages: without user and password. */
export function databaseAddress(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}
