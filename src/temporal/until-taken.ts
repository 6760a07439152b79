import { setTimeout as sleep } from 'node:timers/promises';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from './grpc';

const PAUSES_MS = [20, 50, 100, 150, 200, 250];

/**
 * Sends a signal or an update again that met a run in the moment in which it ends or continues as new. The server refuses
 * new messages then with RESOURCE_EXHAUSTED ("Workflow is closing"), and gives up an update that it had taken already with
 * FAILED_PRECONDITION, because the workflow task is made anew without it. The caller names the message by an id, or sends
 * one that may be sent twice.
 *
 * @throws the last error after 7 attempts, and any other error at once
 */
export async function untilTaken<T>(send: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await send();
    } catch (error) {
      if (!isBetweenRuns(error)) throw error;
      await sleep(pause);
    }
  }
  return send();
}

function isBetweenRuns(error: unknown): boolean {
  const code = grpcCodeOf(error);
  if (code === grpcStatus.resourceExhausted) return grpcMessageOf(error).includes('closing');
  return code === grpcStatus.failedPrecondition;
}
