/** Brings the tables of the records database up to date, and checks that they are. */
import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { MIGRATIONS } from './migrations';
import { reasonOf } from './reason';

export type Migrations = Readonly<Record<string, Migration>>;

/** The command that an operator runs, once for each release. */
export const MIGRATE_COMMAND = 'portfolio-orders records migrate';

/** Where kysely keeps the names of the migrations that have run. */
const DONE_TABLE = 'kysely_migration';

/**
 * Runs the migrations that the database lacks: all of them or none, and one caller at a time.
 *
 * @returns their names
 * @throws Error of the database, or for a migration that this version does not know
 */
export async function migrate<T>(db: Kysely<T>, migrations: Migrations = MIGRATIONS): Promise<string[]> {
  const { unknown } = await migrationState(db, migrations);
  // Kysely's own message asks to look for a lost file.
  if (unknown.length > 0)
    throw new Error(
      `The records database is of a later version, with ${unknown.join(', ')}: run the command of that version`,
    );
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find(({ status }) => status === 'Error');
  if (error !== undefined) {
    const where = failed === undefined ? 'The migrations' : `Migration ${failed.migrationName}`;
    throw new Error(`${where} failed: ${reasonOf(error)}`, { cause: error });
  }
  return results.map(({ migrationName }) => migrationName);
}

export interface MigrationState {
  /** Migrations of this version that the database lacks. */
  missing: string[];
  /** Migrations of the database that this version does not know: a later version made them. */
  unknown: string[];
}

export async function migrationState<T>(
  db: Kysely<T>,
  migrations: Migrations = MIGRATIONS,
): Promise<MigrationState> {
  const done = await doneMigrations(db);
  return {
    missing: Object.keys(migrations).filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !Object.hasOwn(migrations, name)),
  };
}

/**
 * @param warn takes one sentence if the database is of a later version, which this one works with: workers of the last
 * version run on until their orders are finished
 * @returns problems, one sentence each, with what to do; none if the database has the tables of this version
 */
export async function checkMigrations<T>(
  db: Kysely<T>,
  warn: (line: string) => void,
  migrations: Migrations = MIGRATIONS,
): Promise<string[]> {
  const { missing, unknown } = await migrationState(db, migrations);
  if (unknown.length > 0) warn(`The records database is of a later version: it has ${unknown.join(', ')}`);
  if (missing.length === 0) return [];
  return [`The records database lacks ${missing.join(', ')}: run "${MIGRATE_COMMAND}" as its owner`];
}

async function doneMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass(${DONE_TABLE}) is not null as found`.execute(db);
  if (tables[0]?.found !== true) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DONE_TABLE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
