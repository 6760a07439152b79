/** What the first message about an order says about the past. */
import { mayHavePredecessor, withPredecessor, type PredecessorRun } from '../../../src/domain/order/recovery';
import type { Observation } from '../../../src/domain/broker/observation';
import { step } from '../../../src/domain/order/step';
import {
  drainInbox,
  initialState,
  withObservations,
  withPlacement,
} from '../../../src/domain/order/transitions';
import { firstSeenAfterRetention } from '../../../src/domain/order/too-late';
import { execution, frozen, order, placement, PORTFOLIO_ORDER, portfolioOrder, recordOf } from '../samples';
import { allAccepted, DAY, HOUR, MINUTE, placed, placedState, policies, T } from './waiting';
import { attentionCodes, attentionsOf } from '../../../src/domain/operator/attentions';
import { dispatchPlan } from '../../../src/domain/order/emission';
import type { OrderState } from '../../../src/domain/order-state/state';

const iso = (time: number): string => new Date(time).toISOString();
const fresh = (): OrderState => frozen(initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'));
const young = { createdAt: iso(T - MINUTE) };
const old = { createdAt: iso(T - HOUR) };
const ask = { at: T, actor: 'ada', reason: 'why' };
const of = (...observations: Observation[]): OrderState => withObservations(fresh(), observations);
const byPlacement = (status: string, createdAt: string | undefined): OrderState => {
  const observation = portfolioOrder(status, {
    source: placement,
    ...(createdAt !== undefined && { createdAt }),
  });
  return withPlacement(fresh(), { ...placed, observation }, T);
};

const rows: [string, OrderState, boolean][] = [
  ['a webhook: NEW, created a minute ago', of(portfolioOrder('NEW', young)), true],
  ['NEW, created an hour ago', of(portfolioOrder('NEW', old)), true],
  ['NEW, without a creation time', of(portfolioOrder('NEW')), true],
  ['PROCESSING, young', of(portfolioOrder('PROCESSING', young)), true],
  ['SETTLED', of(portfolioOrder('SETTLED', old)), true],
  ['a child alone', of(order('NEW')), true],
  ['an execution alone', of(execution('FILLED')), true],
  ['its placement, young', byPlacement('NEW', young.createdAt), false],
  ['its placement, of an hour ago', byPlacement('NEW', old.createdAt), true],
  ['its placement, already PROCESSING', byPlacement('PROCESSING', young.createdAt), true],
  ['an operator’s question alone', { ...fresh(), reconcile: ask }, true],
];
test.each(rows)('whether an earlier run is to be looked for: %s', (_what, state, expected) => {
  expect(mayHavePredecessor(state, T)).toBe(expected);
});

test('it is checked once, when the first message is there', () => {
  const silent = step(fresh(), T, policies);
  expect(silent.recovery).toBe('unchecked');
  expect(step(byPlacement('NEW', young.createdAt), T, policies).recovery).toBe('recovered');
  expect(step(of(portfolioOrder('FILLED', young)), T, policies).recovery).toBe('recovering');
  const known = { ...of(portfolioOrder('FILLED', old)), recovery: 'recovered' as const };
  expect(step(known, T, policies).recovery).toBe('recovered');
});

describe('an earlier run', () => {
  const current = { ...of(portfolioOrder('FILLED', old)), recovery: 'recovering' as const };
  const taken = (earlier: PredecessorRun, state: OrderState = current): OrderState =>
    frozen(withPredecessor(frozen(state), frozen(earlier), T + DAY));
  const past: OrderState = {
    ...allAccepted(placedState(portfolioOrder('PROCESSING'))),
    brandOrderReference: 'SP-1',
    run: 3,
    acknowledged: ['NEW_OVERDUE|1'],
    inbox: [order('NEW')],
  };

  test('that there was none changes nothing but that it is known', () => {
    expect(taken({ kind: 'none' })).toEqual({ ...current, recovery: 'recovered' });
  });

  test('gives back record, ledger, reference and unread messages, and has the whole truth read', () => {
    const state = taken({ kind: 'found', state: past });
    const { record, emission, placed: who, brandOrderReference, acknowledged } = past;
    expect(state).toMatchObject({ record, emission, placed: who, brandOrderReference, acknowledged });
    expect(state).toMatchObject({
      recovery: 'recovered',
      run: 4,
      reconcile: { at: T + DAY, actor: 'coordinator' },
    });
    expect(state.inbox).toEqual([...past.inbox, ...current.inbox]);
    expect(state.auditLog.at(-1)).toMatchObject({
      rule: 'recovery:resumed',
      text: 'The workflow had been terminated; record and outbox were recovered from its run 3',
    });
    expect(drainInbox(state, T).emission.accepted).toEqual(emission.accepted);
  });

  test('leaves what an operator or the placement said in the meantime', () => {
    const { placed: _, ...unplaced } = past;
    const state = taken({ kind: 'found', state: unplaced }, { ...current, placed, reconcile: ask });
    expect(state).toMatchObject({ placed, reconcile: ask });
  });

  test('leaves a cancel that was asked for in the meantime', () => {
    const cancel = { ...ask, rule: 'operator:cancel' as const };
    const refused = { ...cancel, at: 1, answer: { kind: 'refused' as const, problem: { status: 409 } } };
    expect(taken({ kind: 'found', state: past }, { ...current, cancel }).cancel).toEqual(cancel);
    expect(
      taken({ kind: 'found', state: { ...past, cancel: refused } }, { ...current, cancel }).cancel,
    ).toEqual(cancel);
  });

  test('that had done nothing gives its messages back, oldest first', () => {
    const state = taken({ kind: 'only-messages', placed, observations: [portfolioOrder('PROCESSING')] });
    expect(state).toMatchObject({ recovery: 'recovered', placed });
    expect(state.inbox).toEqual([placed.observation, portfolioOrder('PROCESSING'), ...current.inbox]);
  });

  test('that had done nothing gives back the cancel of its placement', () => {
    const cancel = { actor: 'ada', reason: 'too early' };
    const state = taken({ kind: 'only-messages', placed: { ...placed, cancel }, observations: [] });
    expect(state.cancel).toMatchObject(cancel);
  });

  test('that cannot be read holds emission back', () => {
    const state = taken({ kind: 'unreadable', why: 'gone' });
    expect(state).toMatchObject({ held: 'HEALED_WITHOUT_LEDGER', recovery: 'recovered' });
    expect(state.auditLog.at(-1)).toMatchObject({ rule: 'recovery:without-ledger', text: 'gone' });
  });
});

describe('an order that is first seen long after it was created (14.9)', () => {
  const DAYS = 25 * DAY;
  test.each([
    ['24 days ago', T - 24 * DAY, undefined],
    ['25 days ago to the millisecond', T - DAYS, undefined],
    ['more than 25 days ago', T - DAYS - 1, 'held'],
    ['in the future', T + DAY, undefined],
  ])('created %s, is held by its age alone', (_when, createdAt, expected) => {
    const more = { createdAt: iso(createdAt), at: iso(createdAt) };
    for (const [status, held] of [
      ['SETTLED', 'FIRST_SEEN_FINISHED'],
      ['CANCELLED', 'FIRST_SEEN_FINISHED'],
      ['PROCESSING', 'FIRST_SEEN_LATE'],
      ['NEW', 'FIRST_SEEN_LATE'],
      ['SUSPENDED', 'FIRST_SEEN_LATE'],
    ] as const) {
      const record = recordOf(portfolioOrder(status, more));
      expect(firstSeenAfterRetention(status, record, T, 2)).toBe(expected && held);
    }
  });

  const longAgo = recordOf(portfolioOrder('NEW', { at: iso(T - 90 * DAY) }));
  test('without a creation time is as old as the first event about it', () => {
    expect(firstSeenAfterRetention('NEW', longAgo, T, 2)).toBe('FIRST_SEEN_LATE');
    expect(firstSeenAfterRetention(undefined, longAgo, T, 2)).toBeUndefined();
  });

  test('emits nothing when an old PROCESSING is redelivered, and is read at Upvest at once', () => {
    const redelivered = portfolioOrder('PROCESSING', { at: iso(T - 90 * DAY), createdAt: iso(T - 90 * DAY) });
    const state = drainInbox({ ...of(redelivered), recovery: 'recovered' }, T);
    const adopted = { ...state, adoptedAt: T };
    expect(adopted).toMatchObject({ held: 'FIRST_SEEN_LATE', reconcile: { at: T, actor: 'coordinator' } });
    expect(adopted.emission.outbox.length).toBeGreaterThan(0);
    expect(dispatchPlan(adopted, T + HOUR, policies).ready).toEqual([]);
    expect(attentionCodes(attentionsOf(adopted))).toContain('FIRST_SEEN_LATE');
  });

  test('under the first rules is held only if it had finished, as recorded histories need', () => {
    expect(firstSeenAfterRetention('PROCESSING', longAgo, T)).toBeUndefined();
    const ended = recordOf(portfolioOrder('SETTLED', { createdAt: iso(T - 90 * DAY) }));
    expect(firstSeenAfterRetention('SETTLED', ended, T)).toBe('FIRST_SEEN_FINISHED');
    const undated = recordOf(portfolioOrder('SETTLED', { at: iso(T - 90 * DAY) }));
    expect(firstSeenAfterRetention('SETTLED', undated, T)).toBeUndefined();
  });

  test('is not held if it was known before, however long it took', () => {
    const known = drainInbox(
      { ...of(portfolioOrder('NEW', { createdAt: iso(T) })), recovery: 'recovered' },
      T,
    );
    const late = drainInbox(withObservations(known, [portfolioOrder('SETTLED')]), T + 40 * DAY);
    expect(late).not.toHaveProperty('held');
  });
});
