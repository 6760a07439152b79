/**
 * The request to cancel a portfolio order, and its progress. Upvest decides: a request is never taken for a cancelled
 * order; only an observed status is (references/upvest.md#cancel-a-portfolio-order).
 */
import { hasEnded } from '../broker/completion';
import { problemText } from '../broker/problem';
import { appendAudit } from '../order-state/audit-log';
import type { ChildOrder } from '../broker/record';
import type { OrderState, CancelAnswer, CancelRequest } from '../order-state/state';
import type { Decision } from '../values/decision';

/** The rule that forbids a cancel, as a sentence; undefined if it is allowed. */
export function cancelForbidden(state: OrderState): string | undefined {
  if (state.closed !== undefined) return 'operator:close: the order is already closed';
  const { status } = state.record;
  if (status === undefined || isCancellable(state)) return undefined;
  const why = status === 'FILLED' ? 'so nothing is left to cancel' : 'which is final';
  return `portfolio-order:${status}>CANCELLED: the portfolio order is ${status}, ${why}`;
}

/**
 * True while a cancel may still change what becomes of the order, so that its result is open. Before revision 3 of the
 * rules a FILLED order counted as cancellable.
 */
export function isCancellable({ record, revision = 0 }: OrderState): boolean {
  return !hasEnded(record) && (record.status !== 'FILLED' || revision < 3);
}

/** True while a second request would change nothing: the first is unsent, or Upvest accepted it and its deadline is not over. */
export function isCancelPending({ cancel, waits }: OrderState): boolean {
  if (cancel === undefined) return false;
  if (cancel.answer === undefined) return true;
  const isOverdue = waits.some(({ rule, overdue }) => rule === 'deadline:cancel' && overdue);
  return cancel.answer.kind === 'accepted' && !isOverdue;
}

/** Records the request; no change while one is pending. */
export function withCancel(
  state: OrderState,
  decision: Decision,
  rule: CancelRequest['rule'],
  now: number,
): OrderState {
  if (isCancelPending(state)) return state;
  const { actor, reason } = decision;
  const text = 'Cancel requested';
  return {
    ...state,
    cancel: { at: now, actor, reason, rule },
    auditLog: appendAudit(state.auditLog, now, { rule, text, actor, reason }),
  };
}

/** True while the DELETE has to be sent. */
export function isCancelUnsent(state: OrderState): boolean {
  const { cancel, resetAt } = state;
  return (
    cancel !== undefined &&
    cancel.answer === undefined &&
    resetAt === undefined &&
    cancelForbidden(state) === undefined
  );
}

/** Records Upvest's answer to the DELETE. */
export function withCancelAnswer(state: OrderState, answer: CancelAnswer, now: number): OrderState {
  if (state.cancel === undefined) return state;
  const { rule } = state.cancel;
  return {
    ...state,
    cancel: { ...state.cancel, answer, answeredAt: now },
    auditLog: appendAudit(state.auditLog, now, {
      rule,
      text: `Upvest ${ANSWERS[answer.kind]}${detailOf(answer)}`,
    }),
  };
}

/** The result of the request so far, by the observed status. */
export type CancelOutcome =
  'waiting' | 'cancelled' | 'partly-executed' | 'executed' | 'refused' | 'unknown-order';

export function cancelOutcome({ record, cancel }: OrderState): CancelOutcome {
  if (record.status === 'CANCELLED') {
    const isExecuted = ({ status, executions }: ChildOrder): boolean =>
      executions.length === 0
        ? status === 'FILLED'
        : executions.some((execution) => execution.status !== 'CANCELLED');
    return record.orders.some(isExecuted) ? 'partly-executed' : 'cancelled';
  }
  if (record.status === 'FILLED' || record.status === 'SETTLED') return 'executed';
  const answer = cancel?.answer?.kind ?? 'accepted';
  return answer === 'accepted' ? 'waiting' : answer;
}

const ANSWERS = {
  accepted: 'accepted the cancel request',
  refused: 'rejected the cancel request',
  'unknown-order': 'does not know the order to cancel',
};

function detailOf(answer: CancelAnswer): string {
  return answer.kind === 'refused' ? `: ${problemText(answer.problem)}` : '';
}
