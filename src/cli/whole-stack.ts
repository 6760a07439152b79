/** The whole product, down to its Temporal server: for demonstration, pictures, benchmarks and tests of the Web UI. */
import { startStack, type Stack, type StackOptions } from './dev-stack';
import { workflowBundlePath } from '../temporal/bundle';
import { connectClient } from '../temporal/connection';
import { startDevServer, type DevServer, type DevServerOptions } from '../temporal/dev-server';
import { prepareNamespace } from '../temporal/namespace';
import { connectWorker } from '../temporal/worker-connection';

export interface WholeStackOptions extends Omit<StackOptions, 'temporal' | 'connection' | 'bundlePath'> {
  /** How to get the Temporal server; its log takes a line for each step. */
  server: DevServerOptions;
  /** Path of the bundled workflows; those of the build if left out. */
  bundlePath?: string;
}

export interface WholeStack {
  temporal: DevServer;
  stack: Stack;
  /** Ends everything in reverse order; a server that was given stays. */
  readonly stop: () => Promise<void>;
}

/** Nothing stays behind when it fails half-way. */
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
