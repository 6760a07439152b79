import { NativeConnection } from '@temporalio/worker';
import { resolveTarget } from './connection';
import type { Target } from './connection';

/** An open connection for `Worker.create`, with the namespace to give it. */
export interface WorkerConnection {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/**
 * Connects a worker to the configured server. In a file of its own, since it loads the SDK's native part, which
 * neither the web tier nor the client script needs.
 *
 * @throws Error (`TransportError`) when the server does not answer within some seconds; unlike the client, a worker
 * without a server is of no use.
 */
export async function connectWorker(target: Target = {}): Promise<WorkerConnection> {
  const { connectionOptions, namespace } = resolveTarget(target);
  return { connection: await NativeConnection.connect(connectionOptions), namespace };
}
