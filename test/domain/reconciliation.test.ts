/** When the broker is asked, what it is asked, and what its answers say about us. */
import { reconcile } from '../../src/domain/operators';
import { withBatch } from '../../src/domain/order-emission';
import type { Observation } from '../../src/domain/observation';
import { drainInbox, withObservations, type OrderLife } from '../../src/domain/order-life';
import { knownOrders, questionAt, withAnswer, type Answer } from '../../src/domain/reconciliation';
import { withWaits } from '../../src/domain/waits';
import { at, childId, executionId, facts, frozen, order, poll, portfolioOrder } from './samples';
import {
  allAccepted,
  deadlines,
  DAY,
  MINUTE,
  placedLife,
  policies,
  policiesWith,
  SECOND,
  T,
} from './waiting';

const DUE = T + 15 * MINUTE;
const P = portfolioOrder;
const polled = (status: string, seconds = 900): Observation =>
  portfolioOrder(status, { source: poll, at: at(seconds) });
const waiting = (...observations: Observation[]): OrderLife =>
  frozen(withWaits(allAccepted(placedLife(...observations)), T, policies));
const answered = (life: OrderLife, answer: Answer, now = DUE + SECOND, askedAt = DUE): OrderLife =>
  frozen(withAnswer(life, answer, { askedAt, now }, policies));
const read = (...observations: Observation[]): Answer => ({ kind: 'read', observations });

describe('a question', () => {
  const news = (lastNewsAt: number): OrderLife => ({ ...waiting(), lastNewsAt });

  test.each([
    ['long after the last message: at its time', T, DUE],
    ['right at the last message: when it has been silent for a while', DUE, DUE + 5 * SECOND],
    ['a moment after it', DUE - 2 * SECOND, DUE + 3 * SECOND],
    ['when the silence ends with the deadline', DUE - 5 * SECOND, DUE],
    ['in a burst that goes on and on: ten times that while at the most', DUE + DAY, DUE + 50 * SECOND],
  ])('%s', (_when, lastNewsAt, expected) => {
    expect(questionAt(news(lastNewsAt), deadlines)).toBe(expected);
  });

  test('is asked for the first of several waits', () => {
    const life = waiting(P('PROCESSING'), order('FILLED', { executions: [facts('FILLED')] }));
    expect(life.waits.map(({ rule }) => rule)).toEqual(['deadline:processing', 'deadline:parts']);
    expect(questionAt(life, deadlines)).toBe(T + 5 * MINUTE);
  });

  test('of an operator is asked at once, burst or not', () => {
    const life = { ...news(DUE), reconcile: { at: DUE + 1, actor: 'ada', reason: 'why' } };
    expect(questionAt(life, deadlines)).toBe(DUE + 1);
  });

  test('is not asked while nothing is waited for', () => {
    expect(questionAt({ ...waiting(), waits: [] }, deadlines)).toBeUndefined();
  });
});

describe('orders that are read', () => {
  const rows: [string, Observation, 'open' | 'final'][] = [
    ['NEW', order('NEW'), 'open'],
    ['PROCESSING, partly executed', order('PROCESSING', { executions: [facts('SETTLED')] }), 'open'],
    ['FILLED without a known execution', order('FILLED'), 'open'],
    ['FILLED, an execution open', order('FILLED', { executions: [facts('FILLED')] }), 'open'],
    [
      'FILLED, one of two executions open',
      order('FILLED', { executions: [facts('SETTLED'), facts('FILLED', { id: executionId(2) })] }),
      'open',
    ],
    ['FILLED and settled', order('FILLED', { executions: [facts('SETTLED')] }), 'final'],
    ['FILLED, a mistrade', order('FILLED', { executions: [facts('CANCELLED')] }), 'final'],
    ['CANCELLED by its own event', order('CANCELLED'), 'final'],
    ['CANCELLED, an execution open', order('CANCELLED', { executions: [facts('FILLED')] }), 'open'],
    [
      'CANCELLED, of which only the whole told: its executions are not known',
      P('CANCELLED', { orders: [{ id: childId(1), side: 'BUY', status: 'CANCELLED' }] }),
      'open',
    ],
    [
      'FILLED, of which only the whole told',
      P('FILLED', { orders: [{ id: childId(1), side: 'BUY', status: 'FILLED' }] }),
      'open',
    ],
  ];
  test.each(rows)('%s', (_what, observation, expected) => {
    const known = knownOrders(placedLife(observation));
    expect(known).toEqual({ open: [], final: [], [expected]: [childId(1)] });
  });
});

describe('an answer', () => {
  test('that tells what no webhook had', () => {
    const life = answered(waiting(), read(polled('PROCESSING')));
    expect(life.record.status).toBe('PROCESSING');
    expect(life.questions).toEqual({ missed: 1, nothingNew: 0, failed: 0 });
    expect(life.journal.at(-1)).toMatchObject({
      rule: 'deadline:new',
      text: expect.stringMatching(
        /^Upvest was asked, and told what no webhook had: portfolio-order \S+ PROCESSING$/,
      ) as string,
    });
    expect(life.emission.outbox).toEqual([{ status: 'PROCESSING', seenAt: DUE + SECOND }]);
  });

  test('that tells a lot names three of it', () => {
    const children = [1, 2, 3, 4].map((n) => order('NEW', { id: childId(n), source: poll }));
    const { journal } = answered(waiting(), read(polled('PROCESSING'), ...children));
    expect(journal.at(-1)?.text).toMatch(/PROCESSING, order \S+ NEW, order \S+ NEW and 2 more$/);
  });

  test('that tells nothing new, again and again, is one line', () => {
    let life = waiting();
    for (let n = 0; n < 50; n += 1) {
      const dueAt = life.waits[0]?.dueAt ?? 0;
      life = answered(life, read(polled('NEW')), dueAt, dueAt);
    }
    expect(life.questions).toEqual({ missed: 0, nothingNew: 50, failed: 0 });
    expect(life.journal).toHaveLength(1);
    expect(life.journal[0]).toMatchObject({ times: 50, text: 'Upvest was asked, and had nothing new' });
  });

  test('is judged after the webhooks that came meanwhile: those were not missed', () => {
    const meanwhile = withObservations(waiting(), [P('PROCESSING')]);
    const life = answered(meanwhile, read(polled('PROCESSING')));
    expect(life.record.status).toBe('PROCESSING');
    expect(life.inbox).toEqual([]);
    expect(life.questions).toEqual({ missed: 0, nothingNew: 1, failed: 0 });
    expect(life.emission.outbox).toHaveLength(1);
    expect(life.lastNewsAt).toBe(DUE + SECOND);
  });

  test('is no message: it does not keep the next question away', () => {
    const before = waiting();
    expect(answered(before, read(polled('PROCESSING'))).lastNewsAt).toBe(before.lastNewsAt);
  });

  test('that never comes is counted, and changes nothing else', () => {
    const before = waiting();
    const life = answered(before, { kind: 'failed', why: '503' });
    expect(life.questions).toEqual({ missed: 0, nothingNew: 0, failed: 1 });
    expect(life.record).toEqual(before.record);
    expect(life.journal.at(-1)?.text).toBe('Upvest could not be asked: 503');
    expect(life.waits[0]).toMatchObject({ asked: 1, dueAt: DUE + SECOND + 15 * MINUTE });
  });

  test('that the order is not known stands until another one comes; a failure says nothing about it', () => {
    const unknown = answered(waiting(), { kind: 'unknown-order' });
    expect(unknown).toMatchObject({ isUnknownToBroker: true, questions: { nothingNew: 1 } });
    expect(answered(unknown, { kind: 'failed', why: '503' }).isUnknownToBroker).toBe(true);
    expect(answered(unknown, read(polled('NEW'))).isUnknownToBroker).toBe(false);
  });

  test('proves the end of all parts only when there is nothing open in it', () => {
    const done = [polled('SETTLED'), order('FILLED', { source: poll, executions: [facts('SETTLED')] })];
    expect(answered(waiting(), read(polled('SETTLED'), order('NEW', { source: poll }))).readSinceEnd).toBe(
      false,
    );
    const over = answered(waiting(), read(...done));
    expect(over.readSinceEnd).toBe(true);
    expect(answered(over, { kind: 'failed', why: '' }).readSinceEnd).toBe(true);
    expect(answered(waiting(...done), { kind: 'failed', why: '' }).readSinceEnd).toBe(false);
  });

  test('goes to the wait that had been due for the longest time', () => {
    const life = waiting(P('PROCESSING'), order('FILLED', { executions: [facts('FILLED')] }));
    expect(answered(life, read(), T + DAY, T + DAY).journal.at(-1)?.rule).toBe('deadline:parts');
  });
});

describe('an operator’s question', () => {
  const wish = { at: DUE - MINUTE, actor: 'ada', reason: 'why' };

  test('is answered by the first answer after it, and named', () => {
    const life = answered({ ...waiting(), reconcile: wish }, read(polled('NEW')));
    expect(life).not.toHaveProperty('reconcile');
    expect(life.journal.at(-1)?.rule).toBe('operator:reconcile');
  });

  test('stands in the journal with who asked, and why', () => {
    const asked = reconcile.apply(waiting(), { actor: 'ada', reason: 'why' }, DUE).life;
    const { journal } = answered(asked, read(polled('NEW')), DUE + SECOND, DUE + 1);
    expect(journal).toContainEqual(
      expect.objectContaining({ rule: 'operator:reconcile', actor: 'ada', reason: 'why' }),
    );
  });

  test('that came while another was under way is still owed', () => {
    const later = { ...wish, at: DUE + 1 };
    const life = answered({ ...waiting(), reconcile: later }, read(polled('NEW')));
    expect(life.reconcile).toEqual(later);
    expect(life.journal.at(-1)?.rule).toBe('deadline:new');
  });
});

describe('a status that waited for its predecessor', () => {
  const early = (): OrderLife =>
    withWaits(drainInbox(withObservations(waiting(), [P('FILLED')]), DUE), DUE, policies);
  const outboxOf = ({ emission }: OrderLife) => emission.outbox;

  test('has asked once the answer to a question after its grace time is there', () => {
    const after = DUE + 30 * SECOND;
    expect(outboxOf(answered(early(), read(polled('FILLED')), after, after))).toEqual([
      { status: 'FILLED', seenAt: DUE, isChecked: true },
    ]);
  });

  test('has not asked by a question before that', () => {
    expect(outboxOf(answered(early(), read(polled('FILLED'))))[0]).not.toHaveProperty('isChecked');
  });

  test('goes out behind the one that the answer brought', () => {
    const after = DUE + 30 * SECOND;
    const life = answered(early(), read(P('PROCESSING', { source: poll })), after, after);
    expect(
      outboxOf(life)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['FILLED', 'PROCESSING']);
    expect(withBatch(life, [], 'R').record.reached.PROCESSING?.by).toBe('poll');
  });
});

test('without deadlines an operator’s question is answered all the same', () => {
  const { deadlines: _, ...old } = policiesWith({});
  const asked = { ...waiting(), reconcile: { actor: 'ada', reason: 'why', at: DUE } };
  const after = withAnswer(asked, read(polled('FILLED')), { askedAt: DUE, now: DUE }, old);
  expect(after.record.status).toBe('FILLED');
  expect(after).not.toHaveProperty('reconcile');
});
