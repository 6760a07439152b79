/** When an order is reconciled, what is read, and how the result is applied. */
import { executionLifecycle, isTerminal, orderLifecycle } from '../broker/status-tables';
import { appendAudit } from '../order-state/audit-log';
import type { Observation } from '../broker/observation';
import { applyInbox, drainInbox } from './transitions';
import type { DeadlinePolicies, Policies } from '../order-state/policies';
import type { ChildOrder } from '../broker/record';
import type { ActionId } from '../order-state/actions';
import { isFinishedAtBroker, lacksExecutionDetails } from '../broker/completion';
import { afterReconciliation } from './deadlines';
import type { OrderState, Deadline, ReconciliationCounts } from '../order-state/state';
import type { Transition } from '../broker/status-merge';
import { nameOf } from '../outbox/outbox';

/** The debounce lasts at most so many quiet times, so that an endless stream of signals cannot prevent a reconciliation. */
const LONGEST_BURST = 10;

/**
 * When the next reconciliation is due; undefined without deadlines. Never in the middle of a burst of signals, which may
 * well bring the answer.
 */
export function reconciliationDueAt(state: OrderState, deadlines: DeadlinePolicies): number | undefined {
  if (state.reconcile !== undefined) return state.reconcile.at;
  const { quietMs } = deadlines;
  const dueAt = Math.min(...state.waits.map((wait) => wait.dueAt));
  if (dueAt === Infinity) return undefined;
  return Math.max(dueAt, Math.min((state.lastNewsAt ?? 0) + quietMs, dueAt + LONGEST_BURST * quietMs));
}

/** Child orders by whether they are final. */
export interface KnownOrders {
  open: string[];
  final: string[];
}

export function knownOrders({ record }: OrderState): KnownOrders {
  const idsOf = (orders: ChildOrder[]): string[] => orders.map(({ id }) => id);
  return {
    open: idsOf(record.orders.filter((order) => !isFinal(order))),
    final: idsOf(record.orders.filter(isFinal)),
  };
}

function isFinal(order: ChildOrder): boolean {
  if (!isTerminal(orderLifecycle, order.status) || lacksExecutionDetails(order)) return false;
  return order.executions.every((one) => isTerminal(executionLifecycle, one.status));
}

export type ReconciliationResult =
  | { kind: 'read'; observations: Observation[] }
  /** Upvest does not know the portfolio order. */
  | { kind: 'unknown-order' }
  | { kind: 'failed'; why: string };

/**
 * Applies the result. Signals that arrived meanwhile are applied first, so that only what no webhook
 * reported counts as missed.
 */
export function withReconciliation(
  state: OrderState,
  answer: ReconciliationResult,
  { askedAt, now }: { askedAt: number; now: number },
  policies: Policies,
): OrderState {
  const { deadlines } = policies;
  const before = drainInbox(state, now);
  const read = answer.kind === 'read' ? answer.observations : [];
  const { state: after, transitions } = applyInbox({ ...before, inbox: read }, now);
  const outcome = outcomeOf(answer, transitions);
  const isAnswered = state.reconcile !== undefined && state.reconcile.at <= askedAt;
  const { reconcile, ...rest } = after;
  const rule = isAnswered ? 'operator:reconcile' : ruleOf(state.waits, askedAt);
  return {
    ...rest,
    ...(reconcile !== undefined && !isAnswered && { reconcile }),
    // The debounce counts signals, not results.
    ...(before.lastNewsAt !== undefined && { lastNewsAt: before.lastNewsAt }),
    waits: afterReconciliation(state, { askedAt, now }, deadlines),
    questions: { ...state.questions, [outcome.count]: state.questions[outcome.count] + 1 },
    isUnknownToBroker: answer.kind === 'failed' ? state.isUnknownToBroker : answer.kind === 'unknown-order',
    reconciledAfterEnd:
      state.reconciledAfterEnd || (answer.kind === 'read' && isFinishedAtBroker(after.record)),
    emission: answer.kind === 'failed' ? after.emission : withChecked(after, askedAt),
    auditLog: appendAudit(after.auditLog, now, { rule, text: outcome.text }),
  };
}

/** The deadline behind this reconciliation: the one that had been due for the longest time. */
function ruleOf(waits: Deadline[], askedAt: number): ActionId {
  const due = waits.filter((wait) => wait.dueAt <= askedAt).sort((a, b) => a.dueAt - b.dueAt);
  return due[0]?.rule ?? 'operator:reconcile';
}

function outcomeOf(
  answer: ReconciliationResult,
  transitions: Transition[],
): { count: keyof ReconciliationCounts; text: string } {
  if (answer.kind === 'failed') return { count: 'failed', text: `Reconciliation failed: ${answer.why}` };
  if (answer.kind === 'unknown-order')
    return { count: 'nothingNew', text: 'Reconciled: Upvest does not know the order' };
  if (transitions.length === 0) return { count: 'nothingNew', text: 'Reconciled: no change' };
  const missed = transitions.slice(0, 3).map(nameOf);
  const more = transitions.length > 3 ? ` and ${transitions.length - 3} more` : '';
  return {
    count: 'missed',
    text: `Reconciled, found what no webhook had reported: ${missed.join(', ')}${more}`,
  };
}

/** Entries that waited for a predecessor were reconciled: they go as observed when their grace time is over. */
function withChecked({ emission }: OrderState, askedAt: number): OrderState['emission'] {
  const outbox = emission.outbox.map((entry) =>
    askedAt >= entry.seenAt ? { ...entry, isChecked: true as const } : entry,
  );
  return { ...emission, outbox };
}
