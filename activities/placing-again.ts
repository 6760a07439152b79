/** The activity that places an order again which the broker cancelled. */
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { placementName } from '../src/domain/placement';
import type { placePortfolioOrder } from '../workflows';
import { placementWorkflowId, type PortfolioOrderSettings } from '../workflows/messages';
import { startPlacement } from '../src/temporal/submissions';

export interface PlacingAgainActivities {
  /**
   * Starts the placement's next attempt, once however often it is called.
   *
   * @returns the name of the new placement
   */
  placeAgain(input: {
    /** Name of the placement that made the cancelled order. */
    name: string;
    /** Number of that attempt. */
    attempt: number;
    portfolioOrderId: string;
    order: PortfolioOrderSettings;
  }): Promise<string>;
}

export function createPlacingAgainActivities(client: Client, taskQueue: string): PlacingAgainActivities {
  return {
    async placeAgain({ name, attempt, portfolioOrderId, order }) {
      const first = client.workflow.getHandle<typeof placePortfolioOrder>(placementWorkflowId(name));
      // The request stays with its placement: it names the user, and personal data stays out of the order's record.
      const { view } = await first.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw ApplicationFailure.nonRetryable(`the placement ${name} is no longer kept`, 'PlacementGone');
      });
      const reference = name.split('~')[0] ?? name;
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
