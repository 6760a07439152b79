/** Checks the records database: the server, and the tables. */
import { sql } from 'kysely';
import { connectRecords, type RecordsDatabase } from '../records/connect';
import { checkMigrations } from '../records/migrate';
import { reasonOf } from '../records/reason';
import { databaseAddress, REACH_REMEDY } from '../records/start';
import { failed, notChecked, ok, runCheck, type CheckOutcome, type CheckResult } from './check';

const area = 'Database';

export async function databaseResults(databaseUrl: string, timeoutMs: number): Promise<CheckResult[]> {
  const db = connectRecords(databaseUrl, { name: 'portfolio-orders doctor', maxConnections: 1 });
  try {
    const server = await runCheck(
      { area, name: 'server', run: () => answers(db, databaseAddress(databaseUrl)), remedy: REACH_REMEDY },
      timeoutMs,
    );
    const run = (): Promise<CheckOutcome> =>
      server.result === 'ok' ? tables(db) : Promise.resolve(notChecked('the database is not reachable'));
    return [server, await runCheck({ area, name: 'tables', run, remedy: REACH_REMEDY }, timeoutMs)];
  } finally {
    await db.destroy();
  }
}

async function answers(db: RecordsDatabase, address: string): Promise<CheckOutcome> {
  try {
    const { rows } = await sql<{ version: string; user: string }>`
      select current_setting('server_version') as version, current_user as user`.execute(db);
    return ok(`${address} answers ${rows[0]?.user ?? ''}, version ${rows[0]?.version ?? ''}`);
  } catch (error) {
    throw new Error(`${address}: ${reasonOf(error)}`, { cause: error });
  }
}

async function tables(db: RecordsDatabase): Promise<CheckOutcome> {
  const remarks: string[] = [];
  const problems = await checkMigrations(db, (line) => remarks.push(line));
  if (problems.length > 0)
    return failed(problems.join('\n'), 'Run the command above, as the database owner.');
  return ok(remarks.length > 0 ? remarks.join('\n') : 'up to date');
}
