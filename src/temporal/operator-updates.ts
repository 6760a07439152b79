/** Sends one operator's decision to a workflow as an update, and reads what became of it. */
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { Decided, Decision } from '../domain/operators';
import type { portfolioOrder } from '../../workflows';
import { REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../workflows/messages';
import type { OrderStart } from './order-start';
import { untilTaken } from './until-taken';

/** What became of a decision. */
export type Verdict =
  | ({ kind: 'decided' } & Decided)
  /** A rule forbids it; `why` is a sentence that begins with the id of the rule. */
  | { kind: 'forbidden'; why: string }
  /** The words of the decision cannot be used. */
  | { kind: 'unusable'; why: string }
  /** The key was used for another kind of operation on this order. */
  | { kind: 'key-reused' }
  /** Nobody ever heard of such an order. */
  | { kind: 'missing' }
  /**
   * No worker has answered in time. Temporal persists an update when a worker accepts it, so that this one may still be
   * applied, or be lost; the same key asks for the same update again.
   */
  | { kind: 'outcome-unknown' };

/** One update, ready to be sent. */
export interface OperatorUpdate<D extends Decision = Decision> {
  definition: UpdateDefinition<Decided, [D]>;
  decision: D;
  /** Names this one decision: the same key again is the same decision. */
  key: string;
}

/**
 * @returns undefined when no such workflow runs, whether it has ended or never was
 * @throws ServiceError when Temporal cannot be reached
 */
export function sendUpdate<D extends Decision>(
  client: Client,
  workflowId: string,
  { definition, decision, key }: OperatorUpdate<D>,
): Promise<Verdict | undefined> {
  return verdictOf(() =>
    client.workflow
      .getHandle(workflowId)
      .executeUpdate<Decided, [D]>(definition, { args: [decision], updateId: key }),
  );
}

/**
 * As {@link sendUpdate}, for an order whose workflow was ended from outside: it is started again, with the update as its
 * first message. One that runs meanwhile gets the update.
 *
 * @returns undefined when it has gone its way to the end meanwhile
 */
export function sendUpdateWithStart(
  client: Client,
  start: OrderStart,
  { definition, decision, key }: OperatorUpdate,
): Promise<Verdict | undefined> {
  return verdictOf(() =>
    client.workflow.executeUpdateWithStart<typeof portfolioOrder, Decided, [Decision]>(definition, {
      args: [decision],
      updateId: key,
      // Good for one call.
      startWorkflowOperation: new WithStartWorkflowOperation<typeof portfolioOrder>('portfolioOrder', {
        ...start,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    }),
  );
}

async function verdictOf(send: () => Promise<Decided>): Promise<Verdict | undefined> {
  try {
    return { kind: 'decided', ...(await untilTaken(send)) };
  } catch (error) {
    const isGone =
      error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError;
    if (isGone) return undefined;
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'outcome-unknown' };
    const why = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (!(why instanceof ApplicationFailure)) throw error;
    if (why.type === REFUSED_BY_RULE) return { kind: 'forbidden', why: why.message };
    if (why.type === REFUSED_AS_UNUSABLE) return { kind: 'unusable', why: why.message };
    throw error;
  }
}
