/** Starts the next run of a finished order, from its last state. */
import type { Client } from '@temporalio/client';
import { encodeState } from '../../domain/order-state/state-codec';
import type { OrderState } from '../../domain/order-state/state';
import { CURRENT_REVISION } from '../../domain/values/revision';
import { orderStart } from './start-options';
import type { PortfolioOrderOutcome, PortfolioOrderWorkflow } from '../../../contracts/portfolio-order';

/** @throws WorkflowExecutionAlreadyStartedError when another call was faster */
export async function startNewRun(
  client: Client,
  taskQueue: string,
  { portfolioOrderId, settings: first }: PortfolioOrderOutcome,
  state: OrderState,
  memo: Record<string, unknown> = {},
): Promise<void> {
  await client.workflow.start<PortfolioOrderWorkflow>('portfolioOrder', {
    ...orderStart(taskQueue, first, portfolioOrderId),
    args: [{ ...first, portfolioOrderId, revision: CURRENT_REVISION, state: encodeState(state) }],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // The list shows since when the order is known, whatever was decided since.
    memo: { ...memo, openedAt: new Date(state.startedAt).toISOString() },
  });
}
