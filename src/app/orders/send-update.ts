/** Sends an operator's decision to a workflow as an update, and reads its outcome. */
import type { PortfolioOrderWorkflow } from '../../../contracts/portfolio-order';
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { Decided } from '../../domain/operator/operator-commands';
import type { OrderStart } from './start-options';
import { contentConflict, digestOf, type KeyReuse } from './decision-digest';
import { untilTaken } from '../../temporal/until-taken';
import { REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../../contracts/decisions';
import type { Decision, DecisionDigest } from '../../domain/values/decision';

/** Outcome of a decision. */
export type UpdateOutcome =
  | ({ kind: 'decided' } & Decided & KeyReuse)
  /** Not allowed; `why` is a sentence that begins with the id of the rule. */
  | { kind: 'forbidden'; why: string }
  /** The decision is invalid. */
  | { kind: 'unusable'; why: string }
  /** The key was used on this order for another operation, or for this one with other content. */
  | ({ kind: 'key-reused' } & KeyReuse)
  /** Unknown order. */
  | { kind: 'missing' }
  /**
   * No worker answered in time. Temporal persists an update when a worker accepts it: until then it may still be applied,
   * or be lost. Retry with the same key.
   */
  | { kind: 'outcome-unknown' };

/** One update, ready to be sent. */
export interface OperatorUpdate<D extends Decision = Decision> {
  definition: UpdateDefinition<Decided, [D]>;
  decision: D;
  /** Idempotency key. */
  key: string;
}

/**
 * @returns undefined when no such workflow is running
 * @throws ServiceError when Temporal cannot be reached
 */
export function sendUpdate<D extends Decision>(
  client: Client,
  workflowId: string,
  { definition, decision, key }: OperatorUpdate<D>,
): Promise<UpdateOutcome | undefined> {
  const digest = digestOf(decision);
  return outcomeOf(digest, () =>
    client.workflow
      .getHandle(workflowId)
      .executeUpdate<Decided, [D]>(definition, { args: [{ ...decision, digest }], updateId: key }),
  );
}

/**
 * Same as {@link sendUpdate}, but restarts a workflow that was terminated or failed, with the update as its first message.
 * A running workflow gets the update.
 *
 * @returns undefined when the workflow has completed
 */
export function sendUpdateWithStart(
  client: Client,
  start: OrderStart,
  { definition, decision, key }: OperatorUpdate,
): Promise<UpdateOutcome | undefined> {
  const digest = digestOf(decision);
  const args: [Decision & DecisionDigest] = [{ ...decision, digest }];
  return outcomeOf(digest, () =>
    client.workflow.executeUpdateWithStart<PortfolioOrderWorkflow, Decided, [Decision]>(definition, {
      args,
      updateId: key,
      // Usable for one call only.
      startWorkflowOperation: new WithStartWorkflowOperation<PortfolioOrderWorkflow>('portfolioOrder', {
        ...start,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    }),
  );
}

async function outcomeOf(
  digest: string,
  send: () => Promise<Decided & DecisionDigest>,
): Promise<UpdateOutcome | undefined> {
  try {
    const { digest: first, ...decided } = await untilTaken(send);
    return { kind: 'decided', ...decided, ...contentConflict(first, digest) };
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
