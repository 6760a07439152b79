/** The activity that resubmits an order that Upvest cancelled. */
import { ApplicationFailure, log } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { firstPlacementName, NO_USER_ID, placementName } from '../../src/domain/broker/placement';
import type { ResubmissionActivities } from '../../contracts/activities';
import { claimOf } from '../../src/app/placements/claim';
import { startPlacement } from '../../src/app/placements/start-placement';
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import type { Registry } from '../../src/app/ports/registry';
import { namespaceIdOf } from '../../src/temporal/namespace-id';
import { placementWorkflowId, type PlacementWorkflow } from '../../contracts/placement';

export function createResubmissionActivities(
  client: Client,
  taskQueue: string,
  registry: Registry,
): ResubmissionActivities {
  return {
    async placeAgain({ name, attempt, portfolioOrderId, order }) {
      const first = client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(name));
      // The request stays with its placement: it names the user, and personal data stays out of the order's record.
      const { view } = await first.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw ApplicationFailure.nonRetryable(`the placement ${name} is no longer kept`, 'PlacementGone');
      });
      if (view.request.userId === NO_USER_ID)
        throw ApplicationFailure.nonRetryable(
          `the placement ${name} was recovered from the records database, which has no user ids`,
          'PlacementGone',
        );
      const reference = firstPlacementName(name);
      const next = attempt + 1;
      const placement = {
        deployment: order.deployment ?? (await namespaceIdOf(client)),
        reference,
        request: view.request,
        requestedAt: new Date().toISOString(),
        attempt: next,
        previous: portfolioOrderId,
        order,
      };
      const placedAs = placementName(reference, next);
      try {
        await unlessAway(() => registry.claim(claimOf(placement)));
        await startPlacement(client, taskQueue, placement);
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      await unlessAway(() => registry.started(placedAs));
      return placedAs;
    },
  };
}

/** An order that is resubmitted does not wait for the records database: its placement registers itself. */
async function unlessAway(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RecordsUnavailable)) throw error;
    log.warn('The records database is away: a resubmitted order is registered later', { error });
  }
}
