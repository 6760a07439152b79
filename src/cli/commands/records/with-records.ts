import type { RecordsDatabase } from '../../../records/connect';
import type { Environment } from '../../command-context';

/** Runs `work` on the database of DATABASE_URL, and closes it. */
export async function withRecords<T>(
  environment: Environment,
  work: (db: RecordsDatabase) => Promise<T>,
): Promise<T> {
  // Loaded on demand: no other command needs these modules.
  const { readDatabaseUrl } = await import('../../../config/records.js');
  const { connectRecords } = await import('../../../records/connect.js');
  const { assertReachable } = await import('../../../records/start.js');
  const url = readDatabaseUrl(environment);
  const db = connectRecords(url, { name: 'portfolio-orders records', isUnlimited: true });
  try {
    await assertReachable(db, url);
    return await work(db);
  } finally {
    await db.destroy();
  }
}
