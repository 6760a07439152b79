/**
 * Whether an order that the broker cancelled is placed again. Off unless a policy says so, and only when it is certain
 * that nothing was executed: buying twice is worse than not buying.
 */
import { noted } from './journal';
import type { OrderLife } from './order-life';
import type { DeadlinePolicies } from './policies';
import type { OrderRow } from './record';

/**
 * @returns `to-be-checked` when the record allows it, but the broker has not been asked since the end of all parts: an
 *   execution or a reason may not have been heard of yet
 */
export function resubmission(
  life: OrderLife,
  { resubmit }: DeadlinePolicies,
): 'no' | 'to-be-checked' | 'due' {
  const { record, placed, cancel } = life;
  if (resubmit === undefined || placed === undefined || cancel !== undefined) return 'no';
  if ((life.resubmittedAs ?? life.notResubmitted ?? life.closed) !== undefined) return 'no';
  if ((placed.attempt ?? 1) >= resubmit.maxAttempts) return 'no';
  if (record.status !== 'CANCELLED' || record.orders.length === 0) return 'no';

  const isUnexecuted = ({ status, executions }: OrderRow) => status !== 'FILLED' && executions.length === 0;
  const isListed = (reason: string | undefined) => reason !== undefined && resubmit.reasons.includes(reason);
  const isPossible = record.orders.every(
    (order) =>
      isUnexecuted(order) && (order.cancellationReason === undefined || isListed(order.cancellationReason)),
  );
  if (!isPossible) return 'no';
  if (!life.readSinceEnd) return 'to-be-checked';
  return record.orders.every(({ cancellationReason }) => isListed(cancellationReason)) ? 'due' : 'no';
}

/** Files that the order was placed again, or why it was not. */
export function withResubmission(
  { resubmission: owed, ...life }: OrderLife,
  outcome: { name: string } | { failure: string },
  now: number,
): OrderLife {
  const text = 'name' in outcome ? `Placed again as ${outcome.name}` : `Not placed again: ${outcome.failure}`;
  return {
    ...life,
    ...('name' in outcome ? { resubmittedAs: outcome.name } : { notResubmitted: outcome.failure }),
    journal: noted(life.journal, now, { rule: 'policy:resubmit', text }),
  };
}
