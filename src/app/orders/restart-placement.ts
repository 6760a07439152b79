/**
 * Restarts a placement whose workflow was terminated or failed. Whether it had placed the order is unknown, so its next run looks
 * for the order at Upvest, and never POSTs.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { appendAudit } from '../../domain/order-state/audit-log';
import type { Decision } from '../../domain/values/decision';
import { inputOf } from '../../temporal/run-input';
import { digestOf } from './decision-digest';
import { MEMO, type DecisionMemo } from './decide-finished';
import type { FoundPlacement } from './find';
import type { UpdateOutcome } from './send-update';
import { placementStart } from '../placements/start-placement';
import {
  placementWorkflowId,
  type LookUp,
  type PlacePortfolioOrderInput,
  type PlacementWorkflow,
} from '../../../contracts/placement';

/** @returns undefined when the placement changed since its lookup */
export async function restartPlacement(
  client: Client,
  taskQueue: string,
  { runId, memo, ...placement }: FoundPlacement,
  decision: Decision,
  key: string,
): Promise<UpdateOutcome | undefined> {
  const view = await placement.view();
  if (view === undefined || view.phase === 'NOT_STARTED') return undefined;
  const workflowId = placementWorkflowId(view.reference);
  const input = (await inputOf(client, workflowId, runId)) as PlacePortfolioOrderInput;
  const made: DecisionMemo = {
    key,
    rule: 'operator:reconcile',
    decided: 'The placement is restarted: it looks for the order at Upvest, and does not place it again.',
    digest: digestOf(decision),
  };
  const { actor, reason } = decision;
  const step = { rule: made.rule, text: 'The interrupted placement was restarted', actor, reason };
  const { cancel, actions: _, identified: __, ...known } = view;
  const lookUp: LookUp = {
    view: {
      ...known,
      request: input.request,
      phase: 'UNKNOWN',
      steps: appendAudit(view.steps ?? [], Date.now(), step),
      waitingFor: 'The order to be found at Upvest, or an operator.',
    },
    decisions: { ...input.lookUp?.decisions, ...(cancel && { cancel }) },
  };
  try {
    await client.workflow.start<PlacementWorkflow>('placePortfolioOrder', {
      ...placementStart(taskQueue, { ...input, lookUp }),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      memo: { ...memo, [MEMO]: made, openedAt: input.requestedAt },
    });
    const { rule, decided } = made;
    return { kind: 'decided', rule, decided };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
