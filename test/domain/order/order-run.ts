/**
 * Runs an order's state as its workflow does: a clock that jumps to the next timer or message, and partners that answer as
 * a test says. No engine, so that a test can run thousands of lives of months.
 */
import {
  cancelForbidden,
  isCancelUnsent,
  withCancel,
  withCancelAnswer,
} from '../../../src/domain/order/cancellation';
import {
  dispatchPlan,
  hasEmissionWork,
  withBatch,
  withBatchAgain,
  withoutAnswer,
  withPause,
  withResults,
  type EmissionResult,
} from '../../../src/domain/order/emission';
import { isPlacementCheckDue, originOf, withPlacementCheck } from '../../../src/domain/order/origin';
import { topicKey, topicOf } from '../../../src/domain/order-event/topic';
import type { Pause } from '../../../src/domain/outbox/outbox';
import { isOver, withObservations } from '../../../src/domain/order/transitions';
import { isTryDue, withTrouble } from '../../../src/domain/order/troubles';
import { nextTimer, step } from '../../../src/domain/order/step';
import {
  knownOrders,
  reconciliationDueAt,
  withReconciliation,
  type KnownOrders,
  type ReconciliationResult,
} from '../../../src/domain/order/reconciliation';
import type { Observation } from '../../../src/domain/broker/observation';
import type { Policies } from '../../../src/domain/order-state/policies';
import type { CancelAnswer, OrderState } from '../../../src/domain/order-state/state';

/** What the partners answer at a time; a text is the cause of a failed call. */
export interface Partners {
  read(now: number, known: KnownOrders): ReconciliationResult;
  deliver(ids: string[], now: number): EmissionResult[] | string | Pick<Pause, 'why' | 'refusal'>;
  cancel(now: number): CancelAnswer | string;
  /** Why a placement may be under way; false if none is. */
  placement(now: number): string | false;
}

export interface Message {
  at: number;
  observations: Observation[];
  cancel?: true;
}

/** A moment at which the order rests. */
export interface Moment {
  now: number;
  state: OrderState;
  /** When it acts next without a message; undefined if never. */
  next: number | undefined;
}

const CALL_MS = 1_000;
const MAX_CALLS_AT_ONCE = 50;

/** The moments until the order is over, or until `end`. */
export function* runOrder(
  start: OrderState,
  messages: Message[],
  partners: Partners,
  using: Policies,
  end: number,
): Generator<Moment> {
  const left = [...messages].sort((a, b) => a.at - b.at);
  let now = left[0]?.at ?? start.startedAt;
  let state = start;
  while (now <= end) {
    while (left[0] !== undefined && left[0].at <= now) {
      const [message] = left.splice(0, 1);
      state = withObservations(state, message?.observations ?? []);
      if (message?.cancel && cancelForbidden(state) === undefined)
        state = withCancel(state, { actor: 'ada', reason: 'why' }, 'operator:cancel', now);
    }
    let after = work(step(state, now, using), partners, using, now);
    for (let calls = 0; after !== undefined; calls += 1) {
      if (calls > MAX_CALLS_AT_ONCE) throw new Error('The order calls its partners without a pause.');
      state = after;
      now += CALL_MS;
      after = work(step(state, now, using), partners, using, now);
    }
    state = step(state, now, using);
    const next = nextTimer(state, now, using, { reconciling: false })?.at;
    yield { now, state, next };
    if (isOver(state)) return;
    const at = Math.min(next ?? Infinity, left[0]?.at ?? Infinity);
    if (at === Infinity) return;
    now = Math.max(now + 1, at);
  }
}

/** Does one piece of work that is due; undefined if none is. */
function work(state: OrderState, partners: Partners, using: Policies, began: number): OrderState | undefined {
  const now = began + CALL_MS;
  if (state.recovery === 'recovering') return { ...state, recovery: 'recovered' };
  if (isPlacementCheckDue(state, began) && originOf(state) === 'open')
    return withPlacementCheck(state, partners.placement(began), now, using);
  if (isCancelUnsent(state) && isTryDue(state, 'cancel', began)) {
    const answer = partners.cancel(began);
    return typeof answer === 'string'
      ? withTrouble(state, { kind: 'cancel', cause: answer, began, now }, using)
      : withCancelAnswer(state, answer, now);
  }
  if (hasEmissionWork(state, began, using)) return emit(state, partners, using, began);
  const dueAt = reconciliationDueAt(state, using.deadlines);
  if (dueAt !== undefined && dueAt <= began)
    return withReconciliation(
      state,
      partners.read(began, knownOrders(state)),
      { askedAt: began, now },
      using,
    );
  return undefined;
}

function emit(state: OrderState, partners: Partners, using: Policies, began: number): OrderState {
  const now = began + CALL_MS;
  const sending = state.emission.inFlight.length > 0 ? state : taken(state, using, began);
  const answer = partners.deliver(
    sending.emission.inFlight.map(({ id }) => id),
    began,
  );
  if (typeof answer === 'string')
    return withoutAnswer(withResults(sending, [], now), answer, { began, now }, using);
  if (Array.isArray(answer)) return withResults(sending, answer, now);
  return withoutAnswer(withPause(sending, answer, now), answer.refusal.message, { began, now }, using);
}

function taken(state: OrderState, using: Policies, now: number): OrderState {
  const { retryQueue } = state.emission;
  if (retryQueue.length > 0) return withBatchAgain(state, retryQueue.length);
  const { ready } = dispatchPlan(state, now, using);
  const batch = ready.map((entry) => ({ ...topicOf(entry), id: topicKey(entry), body: '{}' }));
  return withBatch(state, batch, 'reference');
}
