import { NativeConnection } from '@temporalio/worker';
import { resolveTarget } from './client';
import type { Target } from './client';

/** An open connection for `Worker.create`, with its namespace. */
export interface WorkerConnection {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/**
 * Connects a worker to the configured server. In its own file, since it loads the SDK's native part, which neither the HTTP
 * server nor the command line needs.
 *
 * @throws Error (`TransportError`) when the server does not answer within some seconds
 */
export async function connectWorker(target: Target = {}): Promise<WorkerConnection> {
  const { connectionOptions, namespace } = resolveTarget(target);
  // The SDK compresses by default, which costs both sides more processor time than a network near by saves.
  const options = { ...connectionOptions, grpcCompression: { codec: 'none' } } as const;
  return { connection: await NativeConnection.connect(options), namespace };
}
