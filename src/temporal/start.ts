/** Connects to Temporal at start-up, with errors for the person who started the process. */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { StartFailure } from '../lib/start-failure';
import { connectClient, resolveTarget, type Target } from './client';
import { grpcMessageOf } from './grpc';

/** @throws StartFailure for Temporal settings that cannot be read */
export function clientAtStart(target: Target): Client {
  try {
    return connectClient(target);
  } catch (cause) {
    const remedy =
      'Check the files and the profile named by TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and TEMPORAL_TLS_*.';
    throw new StartFailure('Unusable Temporal settings', [reasonIn(cause)], remedy, { cause });
  }
}

/** Runs the first calls of a process. @throws StartFailure when Temporal does not answer or rejects them */
export async function reachingTemporal<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isGrpcServiceError(cause) && !isTransportError(cause)) throw cause;
    const { address = 'localhost:7233' } = resolveTarget(target).connectionOptions;
    const remedy =
      'Start Temporal, or set TEMPORAL_ADDRESS to its address; check TEMPORAL_API_KEY and TEMPORAL_TLS_*.';
    throw new StartFailure(`Temporal at ${address} is not usable`, [reasonIn(cause)], remedy, { cause });
  }
}

/** Checks the name, since the class is in the SDK's native part, which the server does not load. */
function isTransportError(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransportError';
}

/** The native connection nests the operating system's message in a dump of its structures. */
function reasonIn(error: unknown): string {
  const text = grpcMessageOf(error);
  return /\b(?:message|error): "([^"]+)"/.exec(text)?.[1] ?? text;
}
