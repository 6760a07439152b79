import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { connectClient } from '../../src/temporal/client';
import { connectWorker } from '../../src/temporal/worker-client';

let client: Client | undefined;
let connection: Promise<NativeConnection> | undefined;
let isRuntimeInstalled = false;

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(process.env[`${name}_ERROR`] ?? `Jest's global set-up left no ${name}.`);
  return value;
}

/** The server and namespace that Jest's global set-up prepared for this run. */
export function testTarget(): { address: string; namespace: string } {
  return { address: fromSetup('TEST_TEMPORAL_ADDRESS'), namespace: fromSetup('TEST_TEMPORAL_NAMESPACE') };
}

/**
 * The bundled workflows, for `Worker.create({ workflowBundle: testBundle() })`.
 *
 * @throws Error with the bundler's complaints when the workflows could not be bundled.
 */
export function testBundle(): { codePath: string } {
  return { codePath: fromSetup('TEST_WORKFLOW_BUNDLE') };
}

/** Path of the time-skipping test server that Jest's global set-up found. */
export function timeSkippingServer(): string {
  return fromSetup('TEST_TIME_SKIPPING_SERVER');
}

/** A client of the test server, one per test file. */
export function testClient(): Client {
  return (client ??= connectClient(testTarget()));
}

/** Workers log errors only. May be called again. */
export function installTestRuntime(): void {
  if (isRuntimeInstalled) return;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  isRuntimeInstalled = true;
}

/** A worker's connection to the test server, one per test file. */
export function testConnection(): Promise<NativeConnection> {
  if (connection === undefined) {
    installTestRuntime();
    connection = connectWorker(testTarget()).then((worker) => worker.connection);
  }
  return connection;
}

/** Closes what {@link testClient} and {@link testConnection} opened: call it in `afterAll`, with all workers ended. */
export async function closeTemporal(): Promise<void> {
  await client?.connection.close();
  await (await connection)?.close();
  if (isRuntimeInstalled) await Runtime.instance().shutdown();
  client = undefined;
  connection = undefined;
  isRuntimeInstalled = false;
}

/** A name no other test has, for task queues and ids on the shared server. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}
