import { ApplicationFailure } from '@temporalio/activity';
import { UpvestRetry } from '../../src/upvest/client/errors';

/** Converts an error into the failure of an attempt that will be retried, with the pause that Upvest requested. */
export function toApplicationFailure(error: unknown): unknown {
  if (!(error instanceof UpvestRetry) || error.retryAfterMs === undefined) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nextRetryDelay: error.retryAfterMs,
    cause: error,
  });
}
