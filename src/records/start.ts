/** Checks the records database at the start of a process, with errors for the person who started it. */
import { sql } from 'kysely';
import { StartFailure } from '../lib/start-failure';
import { connectRecords, type RecordsDatabase } from './connect';
import { checkMigrations } from './migrate';
import { reasonOf } from './reason';

/**
 * @param warn takes one sentence about a database of a later version
 * @throws StartFailure when the database cannot be reached or lacks migrations
 */
export async function checkRecords(databaseUrl: string, warn: (line: string) => void): Promise<void> {
  const db = connectRecords(databaseUrl, { name: 'portfolio-orders start', maxConnections: 1 });
  try {
    await assertReachable(db, databaseUrl);
    const problems = await checkMigrations(db, warn).catch((cause: unknown) => {
      throw unusable(databaseUrl, cause);
    });
    if (problems.length > 0) throw new StartFailure('The records database is not up to date', problems);
  } finally {
    await db.destroy();
  }
}

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
