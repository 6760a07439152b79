import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes this project decides by. The numbers are fixed by the gRPC protocol. */
export const grpcStatus = {
  cancelled: 1,
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

/** The gRPC status code of an error or of its cause; undefined for errors that did not come from a gRPC call. */
export function grpcCodeOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCodeOf(error.cause) : undefined;
}

/** What the server said, without the code in front of it; of an error or of its cause, as for the code. */
export function grpcMessageOf(error: unknown): string {
  if (error instanceof Error && !isGrpcServiceError(error) && grpcCodeOf(error.cause) !== undefined)
    return grpcMessageOf(error.cause);
  // The native connection of workers leaves `details` empty and has the text in the message.
  if (isGrpcServiceError(error) && error.details !== '') return error.details;
  return error instanceof Error ? error.message : String(error);
}
