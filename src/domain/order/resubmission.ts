/**
 * Whether an order that Upvest cancelled is resubmitted. Off unless a policy enables it, and only when it is certain
 * that nothing was executed: buying twice is worse than not buying.
 */
import { appendAudit } from '../order-state/audit-log';
import type { DeadlinePolicies } from '../order-state/policies';
import type { ChildOrder } from '../broker/record';
import type { OrderState } from '../order-state/state';

/**
 * @returns `to-be-checked` if the record allows it but the order was not reconciled since all of it finished: an
 *   execution or a reason may still be unreported
 */
export function resubmission(
  state: OrderState,
  { resubmit }: DeadlinePolicies,
): 'no' | 'to-be-checked' | 'due' {
  const { record, placed, cancel } = state;
  if (resubmit === undefined || placed === undefined || cancel !== undefined) return 'no';
  if (state.answerMismatch !== undefined) return 'no';
  if ((state.resubmittedAs ?? state.notResubmitted ?? state.closed) !== undefined) return 'no';
  if ((placed.attempt ?? 1) >= resubmit.maxAttempts) return 'no';
  if (record.status !== 'CANCELLED' || record.orders.length === 0) return 'no';

  const isUnexecuted = ({ status, executions }: ChildOrder) => status !== 'FILLED' && executions.length === 0;
  const isListed = (reason: string | undefined) => reason !== undefined && resubmit.reasons.includes(reason);
  const isPossible = record.orders.every(
    (order) =>
      isUnexecuted(order) && (order.cancellationReason === undefined || isListed(order.cancellationReason)),
  );
  if (!isPossible) return 'no';
  if (!state.reconciledAfterEnd) return 'to-be-checked';
  return record.orders.every(({ cancellationReason }) => isListed(cancellationReason)) ? 'due' : 'no';
}

/** Records the resubmission, or why it failed. */
export function withResubmission(
  { resubmission: next, ...state }: OrderState,
  outcome: { name: string } | { failure: string },
  now: number,
): OrderState {
  const text = 'name' in outcome ? `Resubmitted as ${outcome.name}` : `Not resubmitted: ${outcome.failure}`;
  return {
    ...state,
    ...('name' in outcome ? { resubmittedAs: outcome.name } : { notResubmitted: outcome.failure }),
    auditLog: appendAudit(state.auditLog, now, { rule: 'policy:resubmit', text }),
  };
}
