/** One step of an order's life, and when the next one is due. */
import { advance, nextAlarm } from '../../src/domain/advance';
import { newLife, withObservations, withPlaced, type OrderLife } from '../../src/domain/order-life';
import { childId, frozen, order, PORTFOLIO_ORDER, portfolioOrder } from './samples';
import {
  allAccepted,
  DAY,
  HOUR,
  MINUTE,
  placed,
  placedLife,
  policies,
  policiesWith,
  SECOND,
  T,
} from './waiting';

const fresh = (): OrderLife => frozen(newLife(PORTFOLIO_ORDER, T, policies));
const step = (life: OrderLife, now = T, using = policies): OrderLife => frozen(advance(life, now, using));
const alarm = (life: OrderLife, now = T, using = policies, asking = false) =>
  nextAlarm(life, now, using, { asking });
const P = portfolioOrder;

describe('a step', () => {
  test('without messages changes nothing but what is waited for', () => {
    const life = step(fresh());
    expect(life.past).toBe('unjudged');
    expect(life.waits.map(({ rule }) => rule)).toEqual(['deadline:new']);
    expect(step(life)).toEqual(life);
  });

  test('applies what arrived, and a second step does nothing more', () => {
    const life = step(withObservations(withPlaced(fresh(), placed, T), [P('PROCESSING')]));
    expect(life).toMatchObject({ past: 'known', inbox: [], record: { status: 'PROCESSING' } });
    expect(step(life)).toEqual(life);
  });

  test('leaves messages alone while an earlier run has to be looked for', () => {
    const life = step(withObservations(fresh(), [P('FILLED')]));
    expect(life.past).toBe('unknown');
    expect(life.inbox).toHaveLength(1);
    expect(alarm(life)).toBeUndefined();
    expect(step({ ...life, past: 'known' }).record.status).toBe('FILLED');
  });
});

describe('cancel when NEW for too long', () => {
  const using = policiesWith({ cancelIfNewAfterMs: HOUR });
  const life = (): OrderLife => step(withPlaced(fresh(), placed, T), T, using);

  test('comes at its time, once', () => {
    expect(step(life(), T + HOUR - 1, using)).not.toHaveProperty('cancel');
    const cancelled = step(life(), T + HOUR, using);
    expect(cancelled.cancel).toMatchObject({ rule: 'policy:cancel-if-new', actor: 'policy', at: T + HOUR });
    expect(step(cancelled, T + 9 * HOUR, using).cancel).toEqual(cancelled.cancel);
  });

  test.each([
    ['it has gone on', (one: OrderLife) => withObservations(one, [P('PROCESSING')])],
    [
      'a cancel was asked for',
      (one: OrderLife) => ({
        ...one,
        cancel: { at: T, actor: 'ada', reason: 'why', rule: 'operator:cancel' as const },
      }),
    ],
    ['nothing is known but its parts', () => withObservations(fresh(), [order('NEW')])],
  ])('does not come when %s', (_why, change) => {
    const after = step(step(change(life()), T + HOUR, using), T + 2 * HOUR, using);
    expect(after.cancel?.rule).not.toBe('policy:cancel-if-new');
  });

  test('is off unless configured', () => {
    expect(step(life(), T + 30 * DAY)).not.toHaveProperty('cancel');
    expect(alarm(life())?.why).not.toBe('policy:cancel-if-new');
  });

  test('is an alarm', () => {
    const soon = policiesWith({ cancelIfNewAfterMs: 1 });
    const young = step(withPlaced(fresh(), placed, T), T, soon);
    expect(alarm(young, T, soon)).toEqual({ at: T + 1, why: 'policy:cancel-if-new' });
  });
});

describe('the next alarm', () => {
  const waiting = (): OrderLife => step(allAccepted(placedLife()));

  test('is the first question', () => {
    expect(alarm(waiting())).toEqual({ at: T + 15 * MINUTE, why: 'deadline:new, ask Upvest' });
  });

  test('is the attention while the broker is being asked', () => {
    expect(alarm(waiting(), T, policies, true)).toEqual({ at: T + DAY, why: 'deadline:new, attention' });
  });

  test('is none when everything is over or overdue', () => {
    const overdue = step(waiting(), T + 2 * DAY);
    expect(alarm(overdue, T + 2 * DAY, policies, true)).toBeUndefined();
  });

  test('is the grace time of the placement, as long as something waits for it', () => {
    const open = step({ ...withObservations(fresh(), [P('NEW')]), past: 'known' });
    expect(alarm(open)).toEqual({ at: T + MINUTE, why: 'deadline:placed' });
    const silent = step({ ...withObservations(fresh(), [order('NEW')]), past: 'known' });
    expect(alarm(silent)?.why).not.toBe('deadline:placed');
  });

  test('is the grace time of an early status', () => {
    const early = step(withObservations(waiting(), [P('FILLED')]));
    expect(alarm(early)).toEqual({ at: T + 30 * SECOND, why: 'deadline:predecessor, ask Upvest' });
  });

  test('is an operator’s question', () => {
    const asked = { ...waiting(), waits: [], reconcile: { at: T + 1, actor: 'ada', reason: 'why' } };
    expect(alarm(asked)?.why).toBe('operator:reconcile');
  });

  test('does not move with each message that is far from a deadline', () => {
    let life = waiting();
    const first = alarm(life);
    for (let n = 1; n <= 20; n += 1) {
      life = step(withObservations(life, [order('NEW', { id: childId(n) })]), T + n * SECOND);
      expect(alarm(life, T + n * SECOND)).toEqual(first);
    }
  });
});
