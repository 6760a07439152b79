import { sql, type Transaction } from 'kysely';
import type { RecordsTables } from '../tables';

/** Until the end of the transaction, no other one holds, releases or deletes. */
export async function lockRetention(transaction: Transaction<RecordsTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('portfolio-orders records retention'))`.execute(
    transaction,
  );
}
