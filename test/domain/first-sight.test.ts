/** What the first message about an order says about the past. */
import { mayHaveEarlierRun, withEarlierRun, type EarlierRun } from '../../src/domain/first-sight';
import type { Observation } from '../../src/domain/observation';
import { advance } from '../../src/domain/advance';
import {
  drainInbox,
  newLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../../src/domain/order-life';
import { isSeenTooLate } from '../../src/domain/too-late';
import { execution, frozen, order, placement, PORTFOLIO_ORDER, portfolioOrder, recordOf } from './samples';
import { allAccepted, DAY, HOUR, MINUTE, placed, placedLife, policies, T } from './waiting';

const iso = (time: number): string => new Date(time).toISOString();
const fresh = (): OrderLife => frozen(newLife(PORTFOLIO_ORDER, T, policies));
const young = { createdAt: iso(T - MINUTE) };
const old = { createdAt: iso(T - HOUR) };
const ask = { at: T, actor: 'ada', reason: 'why' };
const of = (...observations: Observation[]): OrderLife => withObservations(fresh(), observations);
const byPlacement = (status: string, createdAt: string | undefined): OrderLife => {
  const observation = portfolioOrder(status, {
    source: placement,
    ...(createdAt !== undefined && { createdAt }),
  });
  return withPlaced(fresh(), { ...placed, observation }, T);
};

const rows: [string, OrderLife, boolean][] = [
  ['a webhook: NEW, created a minute ago', of(portfolioOrder('NEW', young)), true],
  ['NEW, created an hour ago', of(portfolioOrder('NEW', old)), true],
  ['NEW, nobody says when', of(portfolioOrder('NEW')), true],
  ['PROCESSING, young', of(portfolioOrder('PROCESSING', young)), true],
  ['SETTLED', of(portfolioOrder('SETTLED', old)), true],
  ['a child alone', of(order('NEW')), true],
  ['an execution alone', of(execution('FILLED')), true],
  ['its placement, young', byPlacement('NEW', young.createdAt), false],
  ['its placement, of an hour ago', byPlacement('NEW', old.createdAt), true],
  ['its placement, already PROCESSING', byPlacement('PROCESSING', young.createdAt), true],
  ['an operator’s question alone', { ...fresh(), reconcile: ask }, true],
];
test.each(rows)('whether an earlier run is to be looked for: %s', (_what, life, expected) => {
  expect(mayHaveEarlierRun(life, T)).toBe(expected);
});

test('it is judged once, when the first message is there', () => {
  const silent = advance(fresh(), T, policies);
  expect(silent.past).toBe('unjudged');
  expect(advance(byPlacement('NEW', young.createdAt), T, policies).past).toBe('known');
  expect(advance(of(portfolioOrder('FILLED', young)), T, policies).past).toBe('unknown');
  const known = { ...of(portfolioOrder('FILLED', old)), past: 'known' as const };
  expect(advance(known, T, policies).past).toBe('known');
});

describe('an earlier run', () => {
  const told = { ...of(portfolioOrder('FILLED', old)), past: 'unknown' as const };
  const taken = (earlier: EarlierRun, life: OrderLife = told): OrderLife =>
    frozen(withEarlierRun(frozen(life), frozen(earlier), T + DAY));
  const past: OrderLife = {
    ...allAccepted(placedLife(portfolioOrder('PROCESSING'))),
    brandOrderReference: 'SP-1',
    run: 3,
    acknowledged: ['NEW_OVERDUE|1'],
    inbox: [order('NEW')],
  };

  test('that there was none changes nothing but that it is known', () => {
    expect(taken({ kind: 'none' })).toEqual({ ...told, past: 'known' });
  });

  test('gives back record, ledger, reference and unread messages, and has the whole truth read', () => {
    const life = taken({ kind: 'found', life: past });
    const { record, emission, placed: who, brandOrderReference, acknowledged } = past;
    expect(life).toMatchObject({ record, emission, placed: who, brandOrderReference, acknowledged });
    expect(life).toMatchObject({ past: 'known', run: 4, reconcile: { at: T + DAY, actor: 'coordinator' } });
    expect(life.inbox).toEqual([...past.inbox, ...told.inbox]);
    expect(life.journal.at(-1)).toMatchObject({
      rule: 'recovery:resumed',
      text: 'The workflow had been ended; record and emission ledger come from its run 3',
    });
    expect(drainInbox(life, T).emission.accepted).toEqual(emission.accepted);
  });

  test('leaves what an operator or the placement said in the meantime', () => {
    const { placed: _, ...unplaced } = past;
    const life = taken({ kind: 'found', life: unplaced }, { ...told, placed, reconcile: ask });
    expect(life).toMatchObject({ placed, reconcile: ask });
  });

  test('leaves a cancel that was asked for in the meantime', () => {
    const cancel = { ...ask, rule: 'operator:cancel' as const };
    const refused = { ...cancel, at: 1, answer: { kind: 'refused' as const, problem: { status: 409 } } };
    expect(taken({ kind: 'found', life: past }, { ...told, cancel }).cancel).toEqual(cancel);
    expect(taken({ kind: 'found', life: { ...past, cancel: refused } }, { ...told, cancel }).cancel).toEqual(
      cancel,
    );
  });

  test('that had done nothing gives its messages back, oldest first', () => {
    const life = taken({ kind: 'only-messages', placed, observations: [portfolioOrder('PROCESSING')] });
    expect(life).toMatchObject({ past: 'known', placed });
    expect(life.inbox).toEqual([placed.observation, portfolioOrder('PROCESSING'), ...told.inbox]);
  });

  test('that had done nothing gives back the cancel of its placement', () => {
    const cancel = { actor: 'ada', reason: 'too early' };
    const life = taken({ kind: 'only-messages', placed: { ...placed, cancel }, observations: [] });
    expect(life.cancel).toMatchObject(cancel);
  });

  test('that cannot be read holds emission back', () => {
    const life = taken({ kind: 'unreadable', why: 'gone' });
    expect(life).toMatchObject({ held: 'HEALED_WITHOUT_LEDGER', past: 'known' });
    expect(life.journal.at(-1)).toMatchObject({ rule: 'recovery:without-ledger', text: 'gone' });
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
    expect(isSeenTooLate('SETTLED', record, T)).toBe(expected);
  });

  const longAgo = recordOf(portfolioOrder('SETTLED', { createdAt: iso(0) }));
  test.each([
    ['nobody said when it was created', 'SETTLED', recordOf(portfolioOrder('SETTLED'))],
    ['the first word was not its end', 'NEW', longAgo],
    ['nothing was told of it yet', undefined, longAgo],
    ['the first word is unknown', 'SUSPENDED', longAgo],
  ])('nothing is held back where %s', (_what, first, record) => {
    expect(isSeenTooLate(first, record, T)).toBe(false);
  });

  test('an order that was known before its end is not held back, however long it took', () => {
    const known = drainInbox({ ...of(portfolioOrder('NEW', { createdAt: iso(T) })), past: 'known' }, T);
    const late = drainInbox(withObservations(known, [portfolioOrder('SETTLED')]), T + 40 * DAY);
    expect(late).not.toHaveProperty('held');
  });
});
