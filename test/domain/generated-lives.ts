/** Generated states of orders: what the broker reported so far, what ESW answered, and what operators did. */
import { boolean, constantFrom, integer, option, record as planOf, type Arbitrary } from 'fast-check';
import type { CancelAnswer, OrderState, TroubleKind } from '../../src/domain/order-state/state';
import { withCancel, withCancelAnswer } from '../../src/domain/order/cancellation';
import { withPause, withResults, withUnbuildable } from '../../src/domain/order/emission';
import { acknowledge, close, reopened } from '../../src/domain/operator/operator-commands';
import { step } from '../../src/domain/order/step';
import { withEmissionHold } from '../../src/domain/order/too-late';
import { withAdoption } from '../../src/domain/order/origin';
import { withTrouble } from '../../src/domain/order/troubles';
import { initialState, isOver, withObservations, withPlacement } from '../../src/domain/order/transitions';
import { topicKey } from '../../src/domain/order-event/topic';
import { generateOrder, orderPlans, type OrderPlan } from './generated-orders';
import { PORTFOLIO_ORDER } from './samples';
import { DAY, placed, policies, T } from './order/waiting';

export interface LifePlan {
  order: OrderPlan;
  /** How much of what the broker reports has arrived, in percent. */
  arrived: number;
  /** Where it comes from; `unknown` while its placement may still be under way. */
  origin: 'placed' | 'adopted' | 'unknown';
  /** Whether what Upvest reports is another order than was requested. */
  isMismatch: boolean;
  detail: 'portfolio' | 'executions';
  /** What became of the events: none sent, all accepted, or one refused or not built at all. */
  esw: 'silent' | 'accepted' | 'refused' | 'unbuildable' | 'refused, unbuildable';
  pause: 'unauthorised' | 'busy' | undefined;
  isHeld: boolean;
  cancel: CancelAnswer['kind'] | 'unanswered' | undefined;
  /** Whether the cancel was requested before anything of the broker's arrived. */
  isCancelEarly: boolean;
  daysLater: number;
  /** What has failed for a while, if anything does. */
  trouble: TroubleKind | undefined;
  isUnknownToBroker: boolean;
  unusableMessages: number;
  isAcknowledged: boolean;
  end: 'open' | 'closed' | 'reopened' | 'closed, refused' | 'closed, in flight';
}

export const lifePlans: Arbitrary<LifePlan> = planOf({
  order: orderPlans,
  arrived: constantFrom(0, 30, 60, 100, 100, 100),
  origin: constantFrom<LifePlan['origin']>('placed', 'placed', 'adopted', 'unknown'),
  isMismatch: constantFrom(true, false, false, false),
  detail: constantFrom<LifePlan['detail']>('portfolio', 'executions'),
  esw: constantFrom<LifePlan['esw']>(
    'silent',
    'accepted',
    'accepted',
    'refused',
    'unbuildable',
    'refused, unbuildable',
  ),
  pause: constantFrom<LifePlan['pause']>('unauthorised', 'busy', undefined, undefined, undefined),
  isHeld: constantFrom(true, false, false, false),
  cancel: constantFrom<LifePlan['cancel']>(
    'accepted',
    'refused',
    'unknown-order',
    'unanswered',
    undefined,
    undefined,
  ),
  isCancelEarly: boolean(),
  daysLater: constantFrom(0, 0, 40),
  trouble: constantFrom<LifePlan['trouble']>(
    'esw',
    'upvest',
    'cancel',
    'child-unknown',
    undefined,
    undefined,
  ),
  isUnknownToBroker: constantFrom(true, false, false, false, false),
  unusableMessages: option(integer({ min: 1, max: 3 }), { nil: 0 }),
  isAcknowledged: constantFrom(true, false, false),
  end: constantFrom<LifePlan['end']>(
    'open',
    'open',
    'open',
    'closed',
    'reopened',
    'closed, refused',
    'closed, in flight',
  ),
});

/** Requested in another currency than Upvest reports. */
const mismatching = {
  ...placed,
  requested: { accountId: 'a', cashAmount: '1.00', currency: 'CHF', side: 'BUY' as const, postTax: false },
};
const ada = { actor: 'ada', reason: 'why' };

export function lifeOf(plan: LifePlan): OrderState {
  const { reported } = generateOrder(plan.order);
  const seen = reported.slice(0, Math.ceil((reported.length * plan.arrived) / 100));
  let state = initialState(PORTFOLIO_ORDER, T, policies, plan.detail);
  if (plan.origin === 'placed') state = withPlacement(state, plan.isMismatch ? mismatching : placed, T);
  if (plan.origin === 'adopted') state = withAdoption(state, T);
  if (plan.isCancelEarly) state = cancelled(state, plan, T);
  state = { ...withObservations(state, seen), recovery: 'recovered' };
  state = step(state, T, policies);
  if (!plan.isCancelEarly) state = cancelled(state, plan, T + 1);
  state = { ...state, isUnknownToBroker: plan.isUnknownToBroker, unusableMessages: plan.unusableMessages };
  if (plan.isHeld) state = withEmissionHold(state, 'FIRST_SEEN_FINISHED', T);
  state = answeredByEsw(state, plan);
  state = troubled(state, plan);
  state = step(state, T + plan.daysLater * DAY, policies);
  if (plan.isAcknowledged && acknowledge.forbidden(state, ada) === undefined)
    state = acknowledge.apply(state, ada, T + DAY).state;
  return ended(state, plan);
}

function cancelled(state: OrderState, { cancel }: LifePlan, now: number): OrderState {
  if (cancel === undefined) return state;
  const requested = withCancel(state, ada, 'operator:cancel', now);
  if (cancel === 'unanswered') return requested;
  const problem = { status: 409, title: 'Conflict', requestId: 'r-1' };
  return withCancelAnswer(
    requested,
    cancel === 'refused' ? { kind: cancel, problem } : { kind: cancel },
    now,
  );
}

/** A trouble of a kind that this state can have. */
function troubled(state: OrderState, { trouble: kind }: LifePlan): OrderState {
  if (kind === undefined) return state;
  const orderId = state.record.orders[0]?.id;
  if (kind === 'child-unknown' && orderId === undefined) return state;
  const about = kind === 'child-unknown' && orderId !== undefined ? { orderId, nextTryAt: null } : {};
  return withTrouble(state, { kind, ...about, cause: 'no answer', began: T, now: T + DAY }, policies);
}

function answeredByEsw(state: OrderState, { esw, pause }: LifePlan): OrderState {
  const paused = (one: OrderState): OrderState =>
    pause === undefined
      ? one
      : withPause(one, { why: pause, refusal: { status: 401, message: 'no' } }, T + DAY);
  if (esw === 'silent') return paused(state);
  let after = state;
  const [first] = state.emission.outbox;
  if (esw.includes('unbuildable') && first !== undefined)
    after = withUnbuildable(after, first, 'too many digits', T);
  const inFlight = after.emission.outbox.map((entry) => ({
    ...entry,
    id: `id-${topicKey(entry)}`,
    body: '{}',
  }));
  after = { ...after, emission: { ...after.emission, outbox: [], inFlight } };
  const results = inFlight.map(({ id }, index) =>
    esw.startsWith('refused') && index === 0
      ? { id, outcome: 'refused' as const, refusal: { status: 422, message: 'no' } }
      : { id, outcome: 'accepted' as const },
  );
  return paused(withResults(after, results, T + 2_000));
}

function ended(state: OrderState, { end }: LifePlan): OrderState {
  if (end === 'open') return state;
  if (end === 'closed, in flight') {
    const { outbox, ...emission } = state.emission;
    const [first, ...rest] = outbox;
    if (first === undefined) return state;
    const inFlight = [{ ...first, id: 'sent', body: '{}' }];
    return closedFrom({ ...state, emission: { ...emission, outbox: rest, inFlight } });
  }
  const closed = closedFrom(state);
  if (end === 'reopened')
    return step(reopened(isOver(state) ? state : closed, ada, T + 51 * DAY), T + 51 * DAY, policies);
  if (end === 'closed') return closed;
  // The answer to what was in flight when the order was closed.
  const refusal = { status: 422, message: 'no', at: new Date(T + 52 * DAY).toISOString() };
  const refused = [
    ...closed.emission.refused,
    { status: 'SETTLED' as const, id: 'late', body: '{}', refusal },
  ];
  return { ...closed, emission: { ...closed.emission, refused } };
}

function closedFrom(state: OrderState): OrderState {
  return close.apply(state, { ...ada, evidence: 'ticket' }, T + 50 * DAY).state;
}
