/** Connects to what a recovery works on. */
import type { Client } from '@temporalio/client';
import type { RecordsDatabase } from '../../../records/connect';
import type { Environment } from '../../command-context';

export interface Both {
  client: Client;
  taskQueue: string;
  db: RecordsDatabase;
}

/** Runs `work` on Temporal of TEMPORAL_* and the database of DATABASE_URL, and closes both. */
export async function withBoth<T>(environment: Environment, work: (both: Both) => Promise<T>): Promise<T> {
  // Loaded on demand: no other command needs these modules.
  const { readRecoveryConfig } = await import('../../../config/records.js');
  const { connectClient } = await import('../../../temporal/client.js');
  const { withRecords } = await import('../records/with-records.js');
  const { orderTaskQueue: taskQueue } = readRecoveryConfig(environment);
  return withRecords(environment, async (db) => {
    const client = connectClient({ environment });
    try {
      return await work({ client, taskQueue, db });
    } finally {
      await client.connection.close();
    }
  });
}

/** A few names for people; with `--json` there are all. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
const SHOWN = 10;

/** One line for each failure, at most some. */
export function failureLines(failed: readonly { name: string; why: string }[]): string[] {
  const lines = failed.slice(0, SHOWN).map(({ name, why }) => `  ${name}: ${why}`);
  const more = failed.length - SHOWN;
  return more > 0 ? [...lines, `  and ${more} more (--json shows them)`] : lines;
}

export const NEEDS = 'TEMPORAL_*, ORDER_TASK_QUEUE and DATABASE_URL, in the environment or in .env';
