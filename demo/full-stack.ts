/** The whole product including a Temporal server and a records database, for the demo, screenshots, benchmarks and tests of the Web UI. */
import { startStack, type Stack, type StackOptions } from './stack';
import { workflowBundlePath } from '../src/temporal/workflow-bundle';
import { connectClient } from '../src/temporal/client';
import { connectRecords } from '../src/records/connect';
import { migrate } from '../src/records/migrate';
import { startEmbeddedDatabase, type EmbeddedDatabase } from '../tools/embedded-database/embedded-database';
import { startDevServer, type DevServer, type DevServerOptions } from '../tools/temporal-server/dev-server';
import { prepareNamespace } from '../src/temporal/namespace';
import { connectWorker } from '../src/temporal/worker-client';

export interface WholeStackOptions extends Omit<
  StackOptions,
  'temporal' | 'connection' | 'bundlePath' | 'databaseUrl'
> {
  /** Options of the Temporal server; its log gets one line per step. */
  server: DevServerOptions;
  /** Path of the bundled workflows. Default: the build's. */
  bundlePath?: string;
  /** A running database, or the folder of an embedded one. Default: an embedded one in memory. */
  database?: { url: string } | { folder?: string; fresh?: boolean };
}

export interface WholeStack {
  temporal: DevServer;
  stack: Stack;
  /** Stops everything in reverse order, except an external server. */
  readonly stop: () => Promise<void>;
}

/** Starts everything; stops what it started if it fails. */
export async function startWholeStack({
  server,
  database = {},
  ...options
}: WholeStackOptions): Promise<WholeStack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const temporal = await startDevServer(server);
    undo.push(() => temporal.stop());
    const { connection } = connectClient(temporal);
    await prepareNamespace(connection, temporal.namespace, server.log).finally(() => connection.close());
    const records = await openDatabase(database, server.log);
    undo.push(() => records.stop());
    const worker = await connectWorker(temporal);
    undo.push(() => worker.connection.close());
    const stack = await startStack({
      bundlePath: workflowBundlePath(),
      ...options,
      temporal,
      connection: worker.connection,
      databaseUrl: records.url,
    });
    undo.push(() => stack.stop());
    return { temporal, stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns a database with the tables of today; `stop` leaves a given one running */
async function openDatabase(
  database: NonNullable<WholeStackOptions['database']>,
  log: (line: string) => void,
): Promise<EmbeddedDatabase> {
  const isGiven = 'url' in database;
  const opened = isGiven
    ? { url: database.url, stop: () => Promise.resolve() }
    : await startEmbeddedDatabase({ ...database, log });
  if (isGiven) log('Database: using the one of DATABASE_URL');
  const records = connectRecords(opened.url, { maxConnections: 1 });
  try {
    await migrate(records);
    return opened;
  } catch (error) {
    await opened.stop();
    throw error;
  } finally {
    await records.destroy();
  }
}
