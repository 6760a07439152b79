/** Takes up an ended order again, such as for a late mistrade: a new run that begins with all that the last one knew. */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { reopened, unusable, type Decision } from '../domain/operators';
import { resumedLife } from '../domain/order-life';
import { packLife, unpackLife } from '../domain/packed-life';
import type { portfolioOrder } from '../../workflows';
import type { PortfolioOrderOutcome, PortfolioOrderSettings } from '../../workflows/messages';
import { grpcCodeOf, grpcStatus } from './grpc';
import type { Verdict } from './operator-updates';
import type { FoundOrder } from './order-lookup';
import { orderStart } from './order-start';

/** Member of the new run's memo: the key of the decision that made it, by which the same decision is known again. */
const KEY = 'reopenedBy';

const DECIDED = {
  kind: 'decided',
  rule: 'operator:reopen',
  decided: 'The order is taken up again, and stays open until it is closed.',
} as const satisfies Verdict;

/**
 * @returns a function that answers undefined when the order has changed since it was found
 */
export function createReopening(
  client: Client,
  taskQueue: string,
  settings: PortfolioOrderSettings,
): (
  portfolioOrderId: string,
  order: FoundOrder,
  decision: Decision,
  key: string,
) => Promise<Verdict | undefined> {
  /** @throws WorkflowExecutionAlreadyStartedError when somebody else was faster */
  async function startAgain(
    { portfolioOrderId, life, settings: first = settings }: PortfolioOrderOutcome,
    decision: Decision,
    key: string,
  ): Promise<void> {
    const next = packLife(reopened(resumedLife(unpackLife(life)), decision, Date.now()));
    await client.workflow.start<typeof portfolioOrder>('portfolioOrder', {
      ...orderStart(taskQueue, first, portfolioOrderId),
      args: [{ ...first, portfolioOrderId, life: next }],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { [KEY]: key },
    });
  }

  return async (portfolioOrderId, order, decision, key) => {
    const why = unusable(decision);
    if (why !== undefined) return { kind: 'unusable', why };
    switch (order.standing) {
      case 'running':
        if (order.memo[KEY] === key) return DECIDED;
        return { kind: 'forbidden', why: 'operator:reopen: the order is open' };
      case 'interrupted': {
        const how = "the order's workflow was ended from outside; reconcile starts it again";
        return { kind: 'forbidden', why: `operator:reopen: ${how}` };
      }
      case 'ended':
        try {
          await startAgain({ ...order.outcome, portfolioOrderId }, decision, key);
          return DECIDED;
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
          if (grpcCodeOf(error) === grpcStatus.deadlineExceeded) return { kind: 'outcome-unknown' };
          throw error;
        }
    }
  };
}
