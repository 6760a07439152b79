import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildWorkflowBundle } from '../../tools/bundle';
import { connectClient } from '../../src/temporal/client';
import { startDevServer } from '../../tools/temporal-server/dev-server';
import type { DevServer } from '../../tools/temporal-server/dev-server';
import { prepareNamespace } from '../../src/temporal/namespace';
import { assertServerVersion } from './temporal-versions';
import { findTestServer } from '../../tools/temporal-server/test-server';

declare global {
  /** State that Jest's set-up leaves for its teardown, which runs in the same process. */
  var temporalOfTestRun: { readonly server: DevServer; readonly directory: string } | undefined;
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Jest runs this once before all tests: one Temporal server and one workflow bundle for the whole run. */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'portfolio-order-coordinator-test-'));
  try {
    const [server, timeSkippingServer] = await Promise.all([
      startServer(directory),
      findTestServer({ log }),
      bundle(join(directory, 'workflow-bundle.js')),
    ]);
    process.env.TEST_TIME_SKIPPING_SERVER = timeSkippingServer;
    process.env.TEST_TEMPORAL_ADDRESS = server.address;
    process.env.TEST_TEMPORAL_NAMESPACE = server.namespace;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function startServer(directory: string): Promise<DevServer> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = 'default' } = process.env;
  const given = address === undefined || address === '' ? undefined : { address, namespace };
  const server = await startDevServer({ log, ...(given !== undefined && { given }) });
  globalThis.temporalOfTestRun = { server, directory };
  const { connection } = connectClient(server);
  try {
    await assertServerVersion(connection);
    await prepareNamespace(connection, server.namespace, log);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    await connection.close();
  }
  return server;
}

/** A bundle that cannot be built fails the tests that need it (see `testBundle`), not those of pure functions. */
async function bundle(out: string): Promise<void> {
  const workflowsPath = resolve(__dirname, '../../workflows/index.ts');
  if (!existsSync(workflowsPath)) {
    process.env.TEST_WORKFLOW_BUNDLE_ERROR = `There is no ${workflowsPath}.`;
    return;
  }
  try {
    await buildWorkflowBundle(workflowsPath, out);
    await dropSourceMap(out);
    process.env.TEST_WORKFLOW_BUNDLE = out;
  } catch (error) {
    process.env.TEST_WORKFLOW_BUNDLE_ERROR = error instanceof Error ? error.message : String(error);
  }
}

/** Each Worker of a test run would parse the source map, two thirds of the bundle, and use it in stack traces only. */
async function dropSourceMap(bundlePath: string): Promise<void> {
  const code = await readFile(bundlePath, 'utf8');
  const map = Buffer.from(
    JSON.stringify({ version: 3, file: 'workflows.js', sources: [], names: [], mappings: '' }),
  );
  await writeFile(
    bundlePath,
    code.replace(/(\/\/# sourceMappingURL=data:[^,]*base64,).*/s, `$1${map.toString('base64')}`),
  );
}
