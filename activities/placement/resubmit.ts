/** The activity that resubmits an order that Upvest cancelled. */
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { firstPlacementName, placementName } from '../../src/domain/broker/placement';
import type { ResubmissionActivities } from '../../contracts/activities';
import { startPlacement } from '../../src/app/orders/submit';
import { placementWorkflowId, type PlacementWorkflow } from '../../contracts/placement';

export function createResubmissionActivities(client: Client, taskQueue: string): ResubmissionActivities {
  return {
    async placeAgain({ name, attempt, portfolioOrderId, order }) {
      const first = client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(name));
      // The request stays with its placement: it names the user, and personal data stays out of the order's record.
      const { view } = await first.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw ApplicationFailure.nonRetryable(`the placement ${name} is no longer kept`, 'PlacementGone');
      });
      const reference = firstPlacementName(name);
      const next = attempt + 1;
      try {
        await startPlacement(client, taskQueue, {
          reference,
          request: view.request,
          requestedAt: new Date().toISOString(),
          attempt: next,
          previous: portfolioOrderId,
          order,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      return placementName(reference, next);
    },
  };
}
