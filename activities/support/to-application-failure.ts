import { ApplicationFailure } from '@temporalio/activity';
import {
  BROKER_BUSY,
  BROKER_UNAUTHORISED,
  type BrokerFailureDetails,
} from '../../src/domain/order/broker-failure';
import { isDeploymentFault, UpvestFailure } from '../../src/upvest/client/errors';
import { isLongPause, isPause } from './pauses';

/**
 * Converts an error of a read or a DELETE: an attempt is repeated after the pause that Upvest requested. A pause that is too long
 * for the call, or a fault of the deployment, ends it at once, and the workflow waits.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (!(error instanceof UpvestFailure)) return error;
  const { retryAfterMs, message } = error;
  const ends = (type: string, details: BrokerFailureDetails): ApplicationFailure =>
    ApplicationFailure.create({ type, message, nonRetryable: true, details: [details], cause: error });
  if (isDeploymentFault(error)) return ends(BROKER_UNAUTHORISED, {});
  if (isLongPause(retryAfterMs)) return ends(BROKER_BUSY, { retryAfterMs });
  return toRepeatedFailure(error);
}

/**
 * Converts an error of a call that is always repeated, after the pause that Upvest requested. The engine ends a call that has no time
 * for it; the details tell the workflow.
 */
export function toRepeatedFailure(error: unknown): unknown {
  if (!(error instanceof UpvestFailure) || !isPause(error.retryAfterMs)) return error;
  const { retryAfterMs, message, code } = error;
  const details: [BrokerFailureDetails] = [{ retryAfterMs }];
  return ApplicationFailure.create({
    type: code,
    message,
    details,
    nextRetryDelay: retryAfterMs,
    cause: error,
  });
}
