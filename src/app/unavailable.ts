import { grpcCodeOf } from '../temporal/grpc';
import { IndexTooSlow } from '../temporal/visibility';

/** True when Temporal or the worker did not answer in time. */
export function isUnavailable(error: unknown): boolean {
  return grpcCodeOf(error) !== undefined || error instanceof IndexTooSlow;
}
