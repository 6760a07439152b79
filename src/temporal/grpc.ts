import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that this project handles, with the protocol's numbers. */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The gRPC status code of an error or of its cause; undefined for other errors. */
export function grpcCodeOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCodeOf(error.cause) : undefined;
}

/** The server's message without the code in front, from an error or its cause. */
export function grpcMessageOf(error: unknown): string {
  if (error instanceof Error && !isGrpcServiceError(error) && grpcCodeOf(error.cause) !== undefined)
    return grpcMessageOf(error.cause);
  // The native connection of workers has the text in `message` and leaves `details` empty.
  if (isGrpcServiceError(error) && error.details !== '') return error.details;
  return error instanceof Error ? error.message : String(error);
}
