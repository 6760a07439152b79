/** What can keep a process from getting to Temporal at its start, in words for the person who started it. */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { StartFailure } from '../start-failure';
import { connectClient, resolveTarget, type Target } from './connection';
import { grpcMessageOf } from './grpc';

/** @throws StartFailure for settings of Temporal that cannot be read */
export function clientAtStart(target: Target): Client {
  try {
    return connectClient(target);
  } catch (cause) {
    const remedy = 'Correct what TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or TEMPORAL_TLS_* name.';
    throw new StartFailure('The settings of Temporal cannot be used', [reasonIn(cause)], remedy, { cause });
  }
}

/** Runs a start's first calls to the target. @throws StartFailure where it does not answer, or not with success */
export async function reachingTemporal<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isGrpcServiceError(cause) && !isTransportError(cause)) throw cause;
    const { address = 'localhost:7233' } = resolveTarget(target).connectionOptions;
    const remedy =
      'Start it, or say with TEMPORAL_ADDRESS where it is; TEMPORAL_API_KEY and TEMPORAL_TLS_* say how to connect.';
    throw new StartFailure(`Temporal at ${address} cannot be used`, [reasonIn(cause)], remedy, { cause });
  }
}

/** By its name: its class is in the SDK's native part, which the server does not load. */
function isTransportError(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransportError';
}

/** The native connection nests the operating system's message in a dump of its own structures. */
function reasonIn(error: unknown): string {
  const text = grpcMessageOf(error);
  return /\b(?:message|error): "([^"]+)"/.exec(text)?.[1] ?? text;
}
