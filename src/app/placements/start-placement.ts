/** Starts the workflow of a placement, the same way for every starter. */
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { plain } from '../../domain/values/markdown';
import { placementName } from '../../domain/broker/placement';
import { namespaceIdOf } from '../../temporal/namespace-id';
import { requestDigest } from './claim';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  placementWorkflowId,
  type PlacePortfolioOrderInput,
  type PlacementWorkflow,
} from '../../../contracts/placement';

/**
 * Starts one placement attempt. Without a configured deployment its id is that of the Temporal namespace, which a fresh
 * installation does not share.
 *
 * @throws WorkflowExecutionAlreadyStartedError when it was already started, even if it has ended
 */
export async function startPlacement(
  client: Client,
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
  submitter?: string,
): Promise<void> {
  const { request, order } = placement;
  const deployment = placement.deployment ?? order.deployment ?? (await namespaceIdOf(client));
  await client.workflow.start<PlacementWorkflow>('placePortfolioOrder', {
    ...placementStart(taskQueue, { ...placement, deployment }),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { requestDigest: requestDigest(request), ...(submitter !== undefined && { submitter }) },
  });
}

/** What every start of a placement has in common. */
export function placementStart(
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
): Omit<WorkflowStartOptions<PlacementWorkflow>, 'memo' | 'workflowIdReusePolicy'> {
  const { reference, attempt, request } = placement;
  const name = placementName(reference, attempt);
  return {
    workflowId: placementWorkflowId(name),
    taskQueue,
    args: [placement],
    workflowIdConflictPolicy: 'FAIL',
    // A client waits for it: ahead of the orders that Upvest starts by itself, thousands on some mornings.
    priority: { priorityKey: 2 },
    staticSummary: plain(`${request.side} ${request.cashAmount} ${request.currency} as ${name}`),
    typedSearchAttributes: [
      { key: searchAttributes.orderReference, value: name },
      // As Upvest spells it: the order's webhooks find the placement by it.
      { key: searchAttributes.accountId, value: request.accountId.toLowerCase() },
      { key: searchAttributes.portfolioOrderType, value: request.side },
      { key: searchAttributes.cashAmount, value: Number(request.cashAmount) },
    ],
  };
}
