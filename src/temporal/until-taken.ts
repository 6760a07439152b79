import { setTimeout as sleep } from 'node:timers/promises';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from './grpc';

const PAUSES_MS = [20, 50, 100, 150, 200, 250];

/**
 * Retries a signal or an update while the workflow run ends or continues as new. Meanwhile the server rejects new messages
 * with RESOURCE_EXHAUSTED ("Workflow is closing") and aborts accepted updates with FAILED_PRECONDITION. The message must be
 * idempotent.
 *
 * @throws the last error after 7 attempts; any other error immediately
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

/** True when one run rejected the message, whatever the state of the server. */
export function isBetweenRuns(error: unknown): boolean {
  const code = grpcCodeOf(error);
  if (code === grpcStatus.resourceExhausted) return grpcMessageOf(error).includes('closing');
  return code === grpcStatus.failedPrecondition;
}
