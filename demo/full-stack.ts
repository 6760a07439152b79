/** The whole product including a Temporal server, for the demo, screenshots, benchmarks and tests of the Web UI. */
import { startStack, type Stack, type StackOptions } from './stack';
import { workflowBundlePath } from '../src/temporal/workflow-bundle';
import { connectClient } from '../src/temporal/client';
import { startDevServer, type DevServer, type DevServerOptions } from '../tools/temporal-server/dev-server';
import { prepareNamespace } from '../src/temporal/namespace';
import { connectWorker } from '../src/temporal/worker-client';

export interface WholeStackOptions extends Omit<StackOptions, 'temporal' | 'connection' | 'bundlePath'> {
  /** Options of the Temporal server; its log gets one line per step. */
  server: DevServerOptions;
  /** Path of the bundled workflows. Default: the build's. */
  bundlePath?: string;
}

export interface WholeStack {
  temporal: DevServer;
  stack: Stack;
  /** Stops everything in reverse order, except an external server. */
  readonly stop: () => Promise<void>;
}

/** Starts everything; stops what it started if it fails. */
export async function startWholeStack({ server, ...options }: WholeStackOptions): Promise<WholeStack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const temporal = await startDevServer(server);
    undo.push(() => temporal.stop());
    const { connection } = connectClient(temporal);
    await prepareNamespace(connection, temporal.namespace, server.log).finally(() => connection.close());
    const worker = await connectWorker(temporal);
    undo.push(() => worker.connection.close());
    const stack = await startStack({
      bundlePath: workflowBundlePath(),
      ...options,
      temporal,
      connection: worker.connection,
    });
    undo.push(() => stack.stop());
    return { temporal, stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
