/** Records databases for tests: PGlite in a process of its own, or a real PostgreSQL. */
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { migrate } from '../../src/records/migrate';
import { startEmbeddedDatabase } from '../../tools/embedded-database/embedded-database';

export interface TestDatabase {
  /** Of its owner. */
  url: string;
  stop(): Promise<void>;
}

/** A database without tables. */
export function startDatabase(): Promise<TestDatabase> {
  return startEmbeddedDatabase();
}

/** A database with the tables of today. */
export async function startMigratedDatabase(start = startDatabase): Promise<TestDatabase> {
  const database = await start();
  const records = connectRecords(database.url, { maxConnections: 1 });
  try {
    await migrate(records);
  } catch (error) {
    await database.stop();
    throw error;
  } finally {
    await records.destroy();
  }
  return database;
}

/**
 * The records database of a test file: started before its tests, stopped after them. Suites take the function, since the
 * database is there only once tests run.
 */
export function useRecords(start = startDatabase): () => RecordsDatabase {
  let database: TestDatabase | undefined;
  let records: RecordsDatabase | undefined;
  beforeAll(async () => {
    database = await startMigratedDatabase(start);
    records = connectRecords(database.url);
  });
  afterAll(async () => {
    await records?.destroy();
    await database?.stop();
  });
  return () => {
    if (records === undefined)
      throw new Error('The database is started before tests, not while they are declared.');
    return records;
  };
}
