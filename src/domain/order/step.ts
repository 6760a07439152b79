/** One step of an order: applies what arrived, updates deadlines, and says when the next step is due. */
import { withCancel } from './cancellation';
import { mayHavePredecessor } from './recovery';
import { awaitsPlacement } from './origin';
import { drainInbox } from './transitions';
import type { DeadlinePolicies, Policies } from '../order-state/policies';
import { reconciliationDueAt } from './reconciliation';
import { resubmission } from './resubmission';
import { withDeadlines } from './deadlines';
import { emissionDueAt } from './emission';
import { troubleOf, troubleTimers, withCheckedTroubles } from './troubles';
import type { OrderState } from '../order-state/state';

/** Everything that follows from signals and time alone. Signals wait while a predecessor run is looked for. */
export function step(state: OrderState, now: number, policies: Policies): OrderState {
  const checked = withRecoveryCheck(state, now);
  if (checked.recovery === 'recovering')
    return troubleOf(checked, 'recovery') ? withCheckedTroubles(checked, now, policies) : checked;
  const { deadlines } = policies;
  // What no longer troubles the order must not decide its deadlines: an order without either would wait for ever.
  const applied = withCheckedTroubles(drainInbox(checked, now), now, policies);
  const waiting = withDeadlines(withDueResubmission(applied, deadlines), now, policies);
  return withCheckedTroubles(withPolicyCancel(waiting, now, deadlines), now, policies);
}

function withRecoveryCheck(state: OrderState, now: number): OrderState {
  const isUntouched = state.inbox.length === 0 && state.placed === undefined && state.reconcile === undefined;
  if (state.recovery !== 'unchecked' || isUntouched) return state;
  return { ...state, recovery: mayHavePredecessor(state, now) ? 'recovering' : 'recovered' };
}

function withDueResubmission(state: OrderState, deadlines: DeadlinePolicies): OrderState {
  const { resubmission: known, ...rest } = state;
  const next = resubmission(state, deadlines);
  if (next === known) return state;
  return next === 'no' ? rest : { ...rest, resubmission: next };
}

function withPolicyCancel(state: OrderState, now: number, deadlines: DeadlinePolicies): OrderState {
  const at = policyCancelAt(state, deadlines);
  if (at === undefined || now < at) return state;
  const reason = 'The order stayed NEW for too long';
  return withCancel(state, { actor: 'policy', reason }, 'policy:cancel-if-new', now);
}

function policyCancelAt(state: OrderState, { cancelIfNewAfterMs }: DeadlinePolicies): number | undefined {
  const wait = state.waits.find(({ rule }) => rule === 'deadline:new');
  const isOff =
    cancelIfNewAfterMs === undefined ||
    state.record.status !== 'NEW' ||
    state.cancel !== undefined ||
    // An order that Upvest started, or that may be another client's, is not ours to cancel.
    state.placed === undefined ||
    state.answerMismatch !== undefined;
  return isOff || wait === undefined ? undefined : wait.since + cancelIfNewAfterMs;
}

/** Work under way, which needs no timer. */
export interface Busy {
  /** A reconciliation is running, or must not start now. */
  reconciling: boolean;
  /** When the order has to be saved. */
  saveAt?: number | undefined;
}

/** When the workflow has to act without a signal, and why; undefined if it only waits for signals. */
export function nextTimer(
  state: OrderState,
  now: number,
  policies: Policies,
  { reconciling, saveAt }: Busy,
): { at: number; why: string } | undefined {
  const { deadlines } = policies;
  const timers: { at: number | undefined; why: string }[] = [];
  if (state.recovery === 'recovering') {
    const isTried = troubleOf(state, 'recovery') !== undefined;
    return isTried ? earliest(troubleTimers(state, now, policies)) : undefined;
  }
  const { pause } = state.emission;
  if (pause !== undefined && pause.until > now) timers.push({ at: pause.until, why: 'emission:paused' });
  if (awaitsPlacement(state)) {
    timers.push({ at: state.placementCheckAt, why: 'deadline:placed' });
  }
  const reconcileAt = reconciling ? undefined : reconciliationDueAt(state, deadlines);
  // What is due now is done without a timer.
  if (reconcileAt !== undefined && reconcileAt > now)
    timers.push({ at: reconcileAt, why: firstDeadline(state) });
  for (const { overdueAt, overdue, rule } of state.waits) {
    if (!overdue) timers.push({ at: overdueAt, why: `${rule}, attention` });
  }
  const emitAt = emissionDueAt(state, now, policies);
  if (emitAt !== undefined && emitAt > now) timers.push({ at: emitAt, why: 'send to ESW' });
  if (saveAt !== undefined && saveAt > now) timers.push({ at: saveAt, why: 'save the order' });
  timers.push(...troubleTimers(state, now, policies));
  timers.push({ at: policyCancelAt(state, deadlines), why: 'policy:cancel-if-new' });
  return earliest(timers);
}

function earliest(
  timers: { at: number | undefined; why: string }[],
): { at: number; why: string } | undefined {
  return timers.reduce<{ at: number; why: string } | undefined>(
    (first, { at, why }) =>
      at === undefined || (first !== undefined && first.at <= at) ? first : { at, why },
    undefined,
  );
}

function firstDeadline({ waits }: OrderState): string {
  const [first] = [...waits].sort((a, b) => a.dueAt - b.dueAt);
  return `${first?.rule ?? 'deadline:retry'}, reconcile`;
}
