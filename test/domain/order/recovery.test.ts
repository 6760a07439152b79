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
import { isFirstSeenAfterRetention } from '../../../src/domain/order/too-late';
import { execution, frozen, order, placement, PORTFOLIO_ORDER, portfolioOrder, recordOf } from '../samples';
import { allAccepted, DAY, HOUR, MINUTE, placed, placedState, policies, T } from './waiting';
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

describe('first heard of after its end', () => {
  test.each([
    ['24 days ago', T - 24 * DAY, false],
    ['25 days ago to the millisecond', T - 25 * DAY, false],
    ['more than 25 days ago', T - 25 * DAY - 1, true],
    ['in the future', T + DAY, false],
  ])('created %s', (_when, createdAt, expected) => {
    const record = recordOf(portfolioOrder('SETTLED', { createdAt: iso(createdAt) }));
    expect(isFirstSeenAfterRetention('SETTLED', record, T)).toBe(expected);
  });

  const longAgo = recordOf(portfolioOrder('SETTLED', { createdAt: iso(0) }));
  test.each([
    ['the creation time is not known', 'SETTLED', recordOf(portfolioOrder('SETTLED'))],
    ['the first word was not its end', 'NEW', longAgo],
    ['nothing is known of it yet', undefined, longAgo],
    ['the first word is unknown', 'SUSPENDED', longAgo],
  ])('emission is not held where %s', (_what, first, record) => {
    expect(isFirstSeenAfterRetention(first, record, T)).toBe(false);
  });

  test('an order that was known before its end is not held back, however long it took', () => {
    const known = drainInbox(
      { ...of(portfolioOrder('NEW', { createdAt: iso(T) })), recovery: 'recovered' },
      T,
    );
    const late = drainInbox(withObservations(known, [portfolioOrder('SETTLED')]), T + 40 * DAY);
    expect(late).not.toHaveProperty('held');
  });
});
