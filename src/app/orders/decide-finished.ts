/**
 * Decisions about a finished order. Each starts a new run from the order's last state: `reopen` one that stays open until it
 * is closed, `acknowledge` one that ends at once, with fewer attentions.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import {
  acknowledge,
  reopened,
  unusable,
  unusableAcknowledgement,
  type AcknowledgeDecision,
  type Decided,
} from '../../domain/operator/operator-commands';
import { firstOutcome, withOutcome } from '../../domain/operator/decision-ledger';
import { decodeState } from '../../domain/order-state/state-codec';
import type { OrderState } from '../../domain/order-state/state';
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import type { UpdateOutcome } from './send-update';
import type { FoundOrder } from './find';
import { contentConflict, digestOf } from './decision-digest';
import { startNewRun } from './new-run';
import type { Decision, DecisionDigest } from '../../domain/values/decision';

export type FinishedOrderOperation =
  { name: 'reopen'; decision: Decision } | { name: 'acknowledge'; decision: AcknowledgeDecision };

/** Memo of a run that a decision started. */
export interface DecisionMemo extends Decided, DecisionDigest {
  /** Idempotency key of the decision. */
  key: string;
}

/** Name of that memo. */
export const MEMO = 'startedBy';

/** The outcome of a decision that has started the present run of an order or placement; undefined for any other key. */
export function earlierDecision(
  { memo }: { memo: Record<string, unknown> },
  key: string,
  decision: Decision,
): UpdateOutcome | undefined {
  const known = memo[MEMO] as DecisionMemo | undefined;
  return known?.key === key ? again(known, decision) : undefined;
}

/** The first outcome of a decision whose key is used again. */
function again({ rule, decided, digest }: Decided & DecisionDigest, decision: Decision): UpdateOutcome {
  return { kind: 'decided', rule, decided, ...contentConflict(digest, digestOf(decision)) };
}

/** @returns a function that resolves with undefined when the order changed since its lookup */
export function createFinishedOrderDecisions(
  client: Client,
  taskQueue: string,
): (
  order: Extract<FoundOrder, { runStatus: 'ended' }>,
  operation: FinishedOrderOperation,
  key: string,
) => Promise<UpdateOutcome | undefined> {
  return async ({ outcome }, operation, key) => {
    const why = unusableFor(operation);
    if (why !== undefined) return { kind: 'unusable', why };
    const before = decodeState(outcome.state);
    const known = firstOutcome(before, key);
    if (known !== undefined) return again(known, operation.decision);
    const forbidden =
      operation.name === 'acknowledge' ? acknowledge.forbidden(before, operation.decision) : undefined;
    if (forbidden !== undefined) return { kind: 'forbidden', why: forbidden };
    const { state, ...decided } = decide(before, operation);
    try {
      const made = { ...decided, digest: digestOf(operation.decision) };
      const memo: DecisionMemo = { key, ...made };
      await startNewRun(client, taskQueue, outcome, withOutcome(state, key, made), { [MEMO]: memo });
      return { kind: 'decided', ...decided };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
      if (grpcCodeOf(error) === grpcStatus.deadlineExceeded) return { kind: 'outcome-unknown' };
      throw error;
    }
  };
}

function unusableFor({ name, decision }: FinishedOrderOperation): string | undefined {
  return unusable(decision) ?? (name === 'acknowledge' ? unusableAcknowledgement(decision) : undefined);
}

function decide(
  before: OrderState,
  { name, decision }: FinishedOrderOperation,
): Decided & { state: OrderState } {
  const now = Date.now();
  if (name === 'reopen') {
    return {
      state: reopened(before, decision, now),
      rule: 'operator:reopen',
      decided: 'The order is reopened and stays open until it is closed.',
    };
  }
  const { state, decided } = acknowledge.apply(before, decision, now);
  return { state: { ...state, run: before.run + 1 }, rule: acknowledge.rule, decided };
}
