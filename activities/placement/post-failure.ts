/** What an attempt to POST that failed tells the workflow. */
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { PLACEMENT_STOPPED, type PostFailure, type Saved } from '../../src/domain/broker/placement-stop';
import {
  isDeploymentFault,
  UpvestFailure,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from '../../src/upvest/client/errors';
import { problemOf, problemOfFailure } from '../support/broker-problem';
import { isLongPause, isPause } from '../support/pauses';

/** From this attempt on of one call, about half a minute, the placement shows why there is no answer. */
const ATTEMPTS_UNSEEN = 5;

/** True for errors of a call that certainly had no effect, although it was sent. */
export function hadNoEffect(error: unknown): boolean {
  return (
    error instanceof UpvestRetry || error instanceof UpvestUnauthorised || error instanceof UpvestRefused
  );
}

/** Upvest's rejection of the order, which is final. @param savedAt when it was stored, milliseconds since the epoch */
export function rejection(
  { problem, message }: UpvestRefused,
  savedAt: number | undefined,
): ApplicationFailure {
  const details = [problemOf(problem), ...(savedAt === undefined ? [] : [{ savedAt } satisfies Saved])];
  return ApplicationFailure.nonRetryable(message, 'PlacementRefused', ...details);
}

export function toPostFailure(error: unknown, mayHavePlaced: boolean): ApplicationFailure {
  const retryAfterMs = error instanceof UpvestFailure ? error.retryAfterMs : undefined;
  const why = whyStopped(error, retryAfterMs);
  const failure: PostFailure = {
    mayHavePlaced,
    problem: problemOfFailure(error),
    ...(why !== undefined && { why }),
    ...(why === 'busy' && retryAfterMs !== undefined && { retryAfterMs }),
  };
  return ApplicationFailure.create({
    type: why === undefined ? 'PlacementUnanswered' : PLACEMENT_STOPPED,
    message: error instanceof Error ? error.message : String(error),
    nonRetryable: why !== undefined,
    details: [failure],
    ...(isPause(retryAfterMs) && { nextRetryDelay: retryAfterMs }),
    ...(error instanceof Error && { cause: error }),
  });
}

function whyStopped(error: unknown, retryAfterMs: number | undefined): PostFailure['why'] {
  if (isDeploymentFault(error)) return 'unauthorised';
  if (isLongPause(retryAfterMs)) return 'busy';
  return activityInfo().attempt >= ATTEMPTS_UNSEEN ? 'unavailable' : undefined;
}
