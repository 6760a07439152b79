/** The activity that asks Upvest to cancel a portfolio order. */
import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { TrackingActivities } from '../../contracts/activities';
import type { UpvestClient } from '../../src/upvest/client/client';
import { UpvestRefused } from '../../src/upvest/client/errors';
import { problemOf } from '../support/broker-problem';
import { callUpvest } from '../support/calling-upvest';

const PROPAGATION_MS = 60_000;

export function createCancelActivity(upvest: UpvestClient): Pick<TrackingActivities, 'cancelPortfolioOrder'> {
  return {
    cancelPortfolioOrder: ({ portfolioOrderId, askedAt }) =>
      callUpvest(async () => {
        try {
          const answer = await upvest.cancelPortfolioOrder(portfolioOrderId, {
            signal: cancellationSignal(),
          });
          return answer === 'accepted'
            ? { kind: 'accepted' }
            : { kind: 'refused', problem: problemOf(answer.refused) };
        } catch (error) {
          if (!(error instanceof UpvestRefused)) throw error;
          if (error.status !== 404) return { kind: 'refused', problem: problemOf(error.problem) };
          if (Date.now() < Date.parse(askedAt) + PROPAGATION_MS)
            throw ApplicationFailure.retryable(error.message, 'NotKnownYet');
          return { kind: 'unknown-order' };
        }
      }),
  };
}
