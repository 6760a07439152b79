import { ApplicationFailure } from '@temporalio/activity';
import { UpvestRetry } from '../src/upvest/errors';

/** The failure of an attempt that will be repeated; keeps Upvest's wish for a pause, if it has one. */
export function retryable(error: unknown): unknown {
  if (!(error instanceof UpvestRetry) || error.retryAfterMs === undefined) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nextRetryDelay: error.retryAfterMs,
    cause: error,
  });
}
