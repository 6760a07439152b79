/** Connects to Temporal and the records database, runs a sweep and passes on what it found. */
import type { Environment } from '../../command-context';
import type { BreakReport } from '../../../app/ports/sweeps';
import type { SweepInput, SweepResult } from '../../../../contracts/sweep';

export interface SweepRun {
  result: SweepResult;
  report: BreakReport;
}

/** @throws StartFailure for a configuration or a database that cannot be used */
export async function withSweep<T>(
  environment: Environment,
  input: Omit<SweepInput, 'brokerTaskQueue' | 'graceMs'>,
  work: (run: SweepRun) => Promise<T>,
): Promise<T> {
  // Loaded on demand: no other command needs all of these modules.
  const { readSweepConfig } = await import('../../../config/sweep.js');
  const { connectClient } = await import('../../../temporal/client.js');
  const { runSweep } = await import('../../../app/sweep/run-sweep.js');
  const { createBreakReport } = await import('../../../records/sweeps/break-report.js');
  const { connectRecords } = await import('../../../records/connect.js');
  const { assertReachable } = await import('../../../records/start.js');
  const config = readSweepConfig(environment);
  const { databaseUrl, orderTaskQueue, brokerTaskQueue, graceMs } = config;
  const db = connectRecords(databaseUrl, { name: 'portfolio-orders sweep', maxConnections: 2 });
  const client = connectClient({ environment });
  try {
    await assertReachable(db, databaseUrl);
    const result = await runSweep(client, orderTaskQueue, { ...input, brokerTaskQueue, graceMs });
    return await work({ result, report: createBreakReport(db) });
  } finally {
    await client.connection.close();
    await db.destroy();
  }
}
