/** When an order is reconciled, what is read, and how the result is applied. */
import { appendAudit } from '../order-state/audit-log';
import type { Observation } from '../broker/observation';
import { applyInbox, drainInbox } from './transitions';
import type { DeadlinePolicies, Policies } from '../order-state/policies';
import type { ChildOrder } from '../broker/record';
import type { ActionId } from '../order-state/actions';
import { isFinal, isFinishedAtBroker } from '../broker/completion';
import { afterReconciliation } from './deadlines';
import { troubleOf, withoutTrouble, withTrouble, withTroublesThat } from './troubles';
import type { OrderState, ReconciliationCounts } from '../order-state/state';
import type { Transition } from '../broker/status-merge';
import { nameOf, type OutboxEntry } from '../outbox/outbox';

/** The debounce lasts at most so many quiet times, so that an endless stream of signals cannot prevent a reconciliation. */
const LONGEST_BURST = 10;

/**
 * When the next reconciliation is due; undefined without deadlines. Never in the middle of a burst of signals, which may
 * well bring the answer.
 */
export function reconciliationDueAt(state: OrderState, deadlines: DeadlinePolicies): number | undefined {
  const retryAt = reconciliationRetryAt(state);
  if (retryAt !== undefined) return retryAt;
  const { quietMs } = deadlines;
  const unread = (state.troubles ?? []).filter(({ kind }) => kind === 'child-unreadable');
  const dueAt = Math.min(
    ...state.waits.map((wait) => wait.dueAt),
    ...unread.map(({ nextTryAt = Infinity }) => nextTryAt),
  );
  if (dueAt === Infinity) return undefined;
  return Math.max(dueAt, Math.min((state.lastNewsAt ?? 0) + quietMs, dueAt + LONGEST_BURST * quietMs));
}

/** When the order is reconciled whatever its deadlines say: an operator wants it, or the last read failed. */
export function reconciliationRetryAt(state: OrderState): number | undefined {
  return state.reconcile?.at ?? troubleOf(state, 'upvest')?.nextTryAt;
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

/** Child orders of a read that brought no observation. */
export interface UnreadOrders {
  /** Ids that Upvest does not know. */
  unknown?: string[];
  failed?: { orderId: string; why: string }[];
  /** Why the read ended before all children were read. */
  incomplete?: string;
}

export type ReconciliationResult =
  | ({ kind: 'read'; observations: Observation[] } & UnreadOrders)
  /** Upvest does not know the portfolio order. */
  | { kind: 'unknown-order' }
  /** `pauseMs`: when it may be repeated, if the failure says so. */
  | { kind: 'failed'; why: string; pauseMs?: number };

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
  const answersUntil = endOfAnswered(state, answer, askedAt, deadlines);
  const isAnswered =
    state.reconcile !== undefined &&
    state.reconcile.at <= (state.reconcile.rule === undefined ? answersUntil : askedAt);
  const { reconcile, unknownToBrokerSince: _, ...rest } = after;
  const rule = reconciliationRule(state, isAnswered ? answersUntil : askedAt);
  const isRepeated = answer.kind === 'failed' && policies.troubles !== undefined;
  const reconciled: OrderState = {
    ...rest,
    ...(reconcile !== undefined && !isAnswered && { reconcile }),
    // The debounce counts signals, not results.
    ...(before.lastNewsAt !== undefined && { lastNewsAt: before.lastNewsAt }),
    // A read that failed is repeated soon; it is no answer to what was due.
    waits: isRepeated ? state.waits : afterReconciliation(state, { askedAt, answersUntil, now }, deadlines),
    questions: { ...state.questions, [outcome.count]: state.questions[outcome.count] + 1 },
    ...withKnowledge(state, answer, now),
    reconciledAfterEnd: state.reconciledAfterEnd || (isComplete(answer) && isFinishedAtBroker(after.record)),
    emission: withChecked(after, answer, askedAt),
    auditLog: appendAudit(after.auditLog, now, { rule, text: outcome.text }),
  };
  return withReadTroubles(reconciled, answer, { began: askedAt, now }, policies);
}

/**
 * Until when a read answers what falls due, or what an operator requests, after it began: for the debounce, so that two requests
 * in a row read once. A later request gets an answer of its own, since this one may be older. Before revision 8 of the rules
 * each got one.
 */
function endOfAnswered(
  { revision = 0 }: OrderState,
  { kind }: ReconciliationResult,
  askedAt: number,
  { quietMs }: DeadlinePolicies,
): number {
  return revision < 8 || kind === 'failed' ? askedAt : askedAt + quietMs;
}

/** Whether Upvest knows the order; a failed read does not tell. */
function withKnowledge(
  { isUnknownToBroker, unknownToBrokerSince }: OrderState,
  { kind }: ReconciliationResult,
  now: number,
): Pick<OrderState, 'isUnknownToBroker' | 'unknownToBrokerSince'> {
  const isUnknown = kind === 'failed' ? isUnknownToBroker : kind === 'unknown-order';
  const since = isUnknownToBroker ? unknownToBrokerSince : now;
  return {
    isUnknownToBroker: isUnknown,
    ...(isUnknown && since !== undefined && { unknownToBrokerSince: since }),
  };
}

function isComplete(answer: ReconciliationResult): boolean {
  return answer.kind === 'read' && answer.incomplete === undefined && (answer.failed ?? []).length === 0;
}

/** More children than this are not named one by one. */
const MAX_UNREAD = 20;

function withReadTroubles(
  state: OrderState,
  answer: ReconciliationResult,
  time: { began: number; now: number },
  policies: Policies,
): OrderState {
  if (answer.kind === 'failed') {
    const { why, pauseMs } = answer;
    const next = pauseMs === undefined ? {} : { nextTryAt: time.now + pauseMs };
    return withTrouble(state, { kind: 'upvest', cause: why, ...next, ...time }, policies);
  }
  if (answer.kind === 'unknown-order') return withoutTrouble(state, 'upvest');
  const { failed = [], unknown = [] } = answer;
  const isTooMany = failed.length > MAX_UNREAD;
  const cause =
    answer.incomplete ?? (isTooMany ? `${failed.length} child orders: ${failed[0]?.why ?? ''}` : undefined);
  const unread = [
    ...(isTooMany ? [] : failed).map(({ orderId, why }) => ({
      kind: 'child-unreadable' as const,
      orderId,
      cause: why,
    })),
    ...unknown.slice(0, MAX_UNREAD).map((orderId) => ({
      kind: 'child-unknown' as const,
      orderId,
      cause: 'Upvest answered 404',
      nextTryAt: null,
    })),
  ];
  const isStill = (kind: string, orderId?: string): boolean =>
    unread.some((one) => one.kind === kind && one.orderId === orderId);
  const known = withTroublesThat(
    cause === undefined ? withoutTrouble(state, 'upvest') : state,
    ({ kind, orderId }) => !kind.startsWith('child-') || isStill(kind, orderId),
  );
  return [...(cause === undefined ? [] : [{ kind: 'upvest' as const, cause }]), ...unread].reduce(
    (before, one) => withTrouble(before, { ...one, ...time }, policies),
    known,
  );
}

/** Why Upvest is read now: by request, by the deadline that has been due for the longest time, or because a read failed. */
export function reconciliationRule({ reconcile, waits }: OrderState, askedAt: number): ActionId {
  if (reconcile !== undefined && reconcile.at <= askedAt) return reconcile.rule ?? 'operator:reconcile';
  const due = waits.filter((wait) => wait.dueAt <= askedAt).sort((a, b) => a.dueAt - b.dueAt);
  return due[0]?.rule ?? 'deadline:retry';
}

function outcomeOf(
  answer: ReconciliationResult,
  transitions: Transition[],
): { count: keyof ReconciliationCounts; text: string } {
  if (answer.kind === 'failed') return { count: 'failed', text: `Reconciliation failed: ${answer.why}` };
  if (answer.kind === 'unknown-order')
    return { count: 'nothingNew', text: 'Reconciled: Upvest does not know the order' };
  const unread = (answer.failed ?? []).map(({ orderId }) => orderId);
  const partly =
    unread.length === 0 ? '' : `, except order ${unread.slice(0, 3).join(', ')}${moreThan(3, unread)}`;
  if (transitions.length === 0) return { count: 'nothingNew', text: `Reconciled${partly}: no change` };
  const missed = transitions.slice(0, 3).map(nameOf);
  const more = moreThan(3, transitions);
  return {
    count: 'missed',
    text: `Reconciled${partly}, found what no webhook had reported: ${missed.join(', ')}${more}`,
  };
}

function moreThan(shown: number, list: unknown[]): string {
  return list.length > shown ? ` and ${list.length - shown} more` : '';
}

/**
 * Entries that waited for a predecessor were reconciled: they go as observed when their grace time is over. After a partial
 * read, only those of the children that were read: the portfolio order's amounts would lack the others.
 */
function withChecked(
  { emission }: OrderState,
  answer: ReconciliationResult,
  askedAt: number,
): OrderState['emission'] {
  if (answer.kind === 'failed' || (answer.kind === 'read' && answer.incomplete !== undefined))
    return emission;
  const unread = new Set(
    answer.kind === 'read' ? (answer.failed ?? []).map(({ orderId }) => orderId) : undefined,
  );
  const isRead = ({ orderId }: OutboxEntry): boolean =>
    orderId === undefined ? unread.size === 0 : !unread.has(orderId);
  const outbox = emission.outbox.map((entry) =>
    askedAt >= entry.seenAt && isRead(entry) ? { ...entry, isChecked: true as const } : entry,
  );
  return { ...emission, outbox };
}
