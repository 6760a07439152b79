/** Reopens a finished order, such as for a late mistrade, in a new run that starts from its last state. */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { reopened, unusable } from '../../domain/order/operator-commands';
import { encodeState, decodeState } from '../../domain/order-state/state-codec';
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import type { UpdateOutcome } from './send-update';
import type { FoundOrder } from './find';
import { contentConflict, digestOf } from './decision-digest';
import { orderStart } from './start-options';
import type { PortfolioOrderOutcome, PortfolioOrderWorkflow } from '../../../contracts/portfolio-order';
import type { Decision } from '../../domain/values/decision';

/** Memo field of the new run: the idempotency key of the decision that started it. */
const KEY = 'reopenedBy';
/** Memo field of the new run: the digest of that decision. */
const DIGEST = 'reopenedDigest';

const DECIDED = {
  kind: 'decided',
  rule: 'operator:reopen',
  decided: 'The order is reopened and stays open until it is closed.',
} as const satisfies UpdateOutcome;

/**
 * @returns a function that resolves with undefined when the order changed since its lookup
 */
export function createReopening(
  client: Client,
  taskQueue: string,
): (
  portfolioOrderId: string,
  order: FoundOrder,
  decision: Decision,
  key: string,
) => Promise<UpdateOutcome | undefined> {
  /** @throws WorkflowExecutionAlreadyStartedError when another call was faster */
  async function startNewRun(
    { portfolioOrderId, state, settings: first }: PortfolioOrderOutcome,
    decision: Decision,
    key: string,
  ): Promise<void> {
    const next = encodeState(reopened(decodeState(state), decision, Date.now()));
    await client.workflow.start<PortfolioOrderWorkflow>('portfolioOrder', {
      ...orderStart(taskQueue, first, portfolioOrderId),
      args: [{ ...first, portfolioOrderId, state: next }],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { [KEY]: key, [DIGEST]: digestOf(decision) },
    });
  }

  return async (portfolioOrderId, order, decision, key) => {
    const why = unusable(decision);
    if (why !== undefined) return { kind: 'unusable', why };
    switch (order.runStatus) {
      case 'running':
        if (order.memo[KEY] === key) {
          const { [DIGEST]: first } = order.memo as Partial<Record<string, string>>;
          return { ...DECIDED, ...contentConflict(first, digestOf(decision)) };
        }
        return { kind: 'forbidden', why: 'operator:reopen: the order is open' };
      case 'interrupted': {
        const how = "the order's workflow was terminated or failed; restart it with reconcile";
        return { kind: 'forbidden', why: `operator:reopen: ${how}` };
      }
      case 'ended':
        try {
          await startNewRun({ ...order.outcome, portfolioOrderId }, decision, key);
          return DECIDED;
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
          if (grpcCodeOf(error) === grpcStatus.deadlineExceeded) return { kind: 'outcome-unknown' };
          throw error;
        }
    }
  };
}
