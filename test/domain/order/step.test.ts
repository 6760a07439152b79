/** One step of an order, and when the next one is due. */
import { nextTimer, step as stepOf } from '../../../src/domain/order/step';
import { initialState, withObservations, withPlacement } from '../../../src/domain/order/transitions';
import { childId, frozen, order, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import {
  allAccepted,
  DAY,
  HOUR,
  MINUTE,
  placed,
  placedState,
  policies,
  policiesWith,
  SECOND,
  T,
} from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const fresh = (): OrderState => frozen(initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'));
const step = (state: OrderState, now = T, using = policies): OrderState => frozen(stepOf(state, now, using));
const timer = (state: OrderState, now = T, using = policies, reconciling = false) =>
  nextTimer(state, now, using, { reconciling });
const P = portfolioOrder;

describe('a step', () => {
  test('without messages changes nothing but what is waited for', () => {
    const state = step(fresh());
    expect(state.recovery).toBe('unchecked');
    expect(state.waits.map(({ rule }) => rule)).toEqual(['deadline:new']);
    expect(step(state)).toEqual(state);
  });

  test('applies what arrived, and a second step does nothing more', () => {
    const state = step(withObservations(withPlacement(fresh(), placed, T), [P('PROCESSING')]));
    expect(state).toMatchObject({ recovery: 'recovered', inbox: [], record: { status: 'PROCESSING' } });
    expect(step(state)).toEqual(state);
  });

  test('leaves messages alone while an earlier run has to be looked for', () => {
    const state = step(withObservations(fresh(), [P('FILLED')]));
    expect(state.recovery).toBe('recovering');
    expect(state.inbox).toHaveLength(1);
    expect(timer(state)).toBeUndefined();
    expect(step({ ...state, recovery: 'recovered' }).record.status).toBe('FILLED');
  });
});

describe('cancel when NEW for too long', () => {
  const using = policiesWith({ cancelIfNewAfterMs: HOUR });
  const state = (): OrderState => step(withPlacement(fresh(), placed, T), T, using);

  test('comes at its time, once', () => {
    expect(step(state(), T + HOUR - 1, using)).not.toHaveProperty('cancel');
    const cancelled = step(state(), T + HOUR, using);
    expect(cancelled.cancel).toMatchObject({ rule: 'policy:cancel-if-new', actor: 'policy', at: T + HOUR });
    expect(step(cancelled, T + 9 * HOUR, using).cancel).toEqual(cancelled.cancel);
  });

  test.each([
    ['it has gone on', (one: OrderState) => withObservations(one, [P('PROCESSING')])],
    [
      'a cancel was asked for',
      (one: OrderState) => ({
        ...one,
        cancel: { at: T, actor: 'ada', reason: 'why', rule: 'operator:cancel' as const },
      }),
    ],
    ['nothing is known but its parts', () => withObservations(fresh(), [order('NEW')])],
  ])('does not come when %s', (_why, change) => {
    const after = step(step(change(state()), T + HOUR, using), T + 2 * HOUR, using);
    expect(after.cancel?.rule).not.toBe('policy:cancel-if-new');
  });

  test('is off unless configured', () => {
    expect(step(state(), T + 30 * DAY)).not.toHaveProperty('cancel');
    expect(timer(state())?.why).not.toBe('policy:cancel-if-new');
  });

  test('sets a timer', () => {
    const soon = policiesWith({ cancelIfNewAfterMs: 1 });
    const young = step(withPlacement(fresh(), placed, T), T, soon);
    expect(timer(young, T, soon)).toEqual({ at: T + 1, why: 'policy:cancel-if-new' });
  });
});

describe('the next timer', () => {
  const waiting = (): OrderState => step(allAccepted(placedState()));

  test('is the first question', () => {
    expect(timer(waiting())).toEqual({ at: T + 15 * MINUTE, why: 'deadline:new, reconcile' });
  });

  test('is the attention while the broker is being asked', () => {
    expect(timer(waiting(), T, policies, true)).toEqual({ at: T + DAY, why: 'deadline:new, attention' });
  });

  test('is none when everything is over or overdue', () => {
    const overdue = step(waiting(), T + 2 * DAY);
    expect(timer(overdue, T + 2 * DAY, policies, true)).toBeUndefined();
  });

  test('is the grace time of the placement, as long as something waits for it', () => {
    const open = step({ ...withObservations(fresh(), [P('NEW')]), recovery: 'recovered' });
    expect(timer(open)).toEqual({ at: T + MINUTE, why: 'deadline:placed' });
    const silent = step({ ...withObservations(fresh(), [order('NEW')]), recovery: 'recovered' });
    expect(timer(silent)?.why).not.toBe('deadline:placed');
  });

  test('is the grace time of an early status', () => {
    const early = step(withObservations(waiting(), [P('FILLED')]));
    expect(timer(early)).toEqual({ at: T + 30 * SECOND, why: 'deadline:predecessor, reconcile' });
  });

  test('is the next attempt of a read that failed, which no operator requested (14.18)', () => {
    const trouble = { kind: 'upvest' as const, since: T, attempts: 1, cause: '503', nextTryAt: T + 1 };
    expect(timer({ ...waiting(), waits: [], troubles: [trouble] })?.why).toBe('deadline:retry, reconcile');
  });

  test('does not move with each message that is far from a deadline', () => {
    let state = waiting();
    const first = timer(state);
    for (let n = 1; n <= 20; n += 1) {
      state = step(withObservations(state, [order('NEW', { id: childId(n) })]), T + n * SECOND);
      expect(timer(state, T + n * SECOND)).toEqual(first);
    }
  });
});
