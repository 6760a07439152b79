/** When the broker is asked, what it is asked, and what its answers say about us. */
import { reconcile } from '../../../src/domain/operator/operator-commands';
import { withBatch } from '../../../src/domain/order/emission';
import type { Observation } from '../../../src/domain/broker/observation';
import { drainInbox, withObservations } from '../../../src/domain/order/transitions';
import {
  knownOrders,
  reconciliationDueAt,
  withReconciliation,
  type ReconciliationResult,
} from '../../../src/domain/order/reconciliation';
import { withEmissionHold } from '../../../src/domain/order/too-late';
import { withDeadlines } from '../../../src/domain/order/deadlines';
import { at, childId, executionId, facts, frozen, order, poll, portfolioOrder } from '../samples';
import { allAccepted, deadlines, DAY, MINUTE, placedState, policies, SECOND, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const DUE = T + 15 * MINUTE;
const P = portfolioOrder;
const polled = (status: string, seconds = 900): Observation =>
  portfolioOrder(status, { source: poll, at: at(seconds) });
const waiting = (...observations: Observation[]): OrderState =>
  frozen(withDeadlines(allAccepted(placedState(...observations)), T, policies));
const answered = (
  state: OrderState,
  answer: ReconciliationResult,
  now = DUE + SECOND,
  askedAt = DUE,
): OrderState => frozen(withReconciliation(state, answer, { askedAt, now }, policies));
const read = (...observations: Observation[]): ReconciliationResult => ({ kind: 'read', observations });

describe('a question', () => {
  const news = (lastNewsAt: number): OrderState => ({ ...waiting(), lastNewsAt });

  test.each([
    ['long after the last message: at its time', T, DUE],
    ['right at the last message: when it has been silent for a while', DUE, DUE + 5 * SECOND],
    ['a moment after it', DUE - 2 * SECOND, DUE + 3 * SECOND],
    ['when the silence ends with the deadline', DUE - 5 * SECOND, DUE],
    ['in a burst that goes on and on: ten times that while at the most', DUE + DAY, DUE + 50 * SECOND],
  ])('%s', (_when, lastNewsAt, expected) => {
    expect(reconciliationDueAt(news(lastNewsAt), deadlines)).toBe(expected);
  });

  test('is asked for the first of several waits', () => {
    const state = waiting(P('PROCESSING'), order('FILLED', { executions: [facts('FILLED')] }));
    expect(state.waits.map(({ rule }) => rule)).toEqual(['deadline:processing', 'deadline:parts']);
    expect(reconciliationDueAt(state, deadlines)).toBe(T + 5 * MINUTE);
  });

  test('of an operator is asked at once, burst or not', () => {
    const state = { ...news(DUE), reconcile: { at: DUE + 1, actor: 'ada', reason: 'why' } };
    expect(reconciliationDueAt(state, deadlines)).toBe(DUE + 1);
  });

  test('is not asked while nothing is waited for', () => {
    expect(reconciliationDueAt({ ...waiting(), waits: [] }, deadlines)).toBeUndefined();
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
      'CANCELLED, reported only by the portfolio order: its executions are not known',
      P('CANCELLED', { orders: [{ id: childId(1), side: 'BUY', status: 'CANCELLED' }] }),
      'open',
    ],
    [
      'FILLED, reported only by the portfolio order',
      P('FILLED', { orders: [{ id: childId(1), side: 'BUY', status: 'FILLED' }] }),
      'open',
    ],
  ];
  test.each(rows)('%s', (_what, observation, expected) => {
    const known = knownOrders(placedState(observation));
    expect(known).toEqual({ open: [], final: [], [expected]: [childId(1)] });
  });
});

describe('an answer', () => {
  test('that reports what no webhook had', () => {
    const state = answered(waiting(), read(polled('PROCESSING')));
    expect(state.record.status).toBe('PROCESSING');
    expect(state.questions).toEqual({ missed: 1, nothingNew: 0, failed: 0 });
    expect(state.auditLog.at(-1)).toMatchObject({
      rule: 'deadline:new',
      text: expect.stringMatching(/^Reconciled, found what no webhook had reported: PROCESSING$/) as string,
    });
    expect(state.emission.outbox).toEqual([{ status: 'PROCESSING', seenAt: DUE + SECOND }]);
  });

  test('that reports many changes names three of them', () => {
    const children = [1, 2, 3, 4].map((n) => order('NEW', { id: childId(n), source: poll }));
    const { auditLog } = answered(waiting(), read(polled('PROCESSING'), ...children));
    expect(auditLog.at(-1)?.text).toMatch(/PROCESSING, order \S+ NEW, order \S+ NEW and 2 more$/);
  });

  test('that reports no change, again and again, is one line', () => {
    let state = waiting();
    for (let n = 0; n < 50; n += 1) {
      const dueAt = state.waits[0]?.dueAt ?? 0;
      state = answered(state, read(polled('NEW')), dueAt, dueAt);
    }
    expect(state.questions).toEqual({ missed: 0, nothingNew: 50, failed: 0 });
    expect(state.auditLog).toHaveLength(1);
    expect(state.auditLog[0]).toMatchObject({ times: 50, text: 'Reconciled: no change' });
  });

  test('is classified after the webhooks that came meanwhile: those were not missed', () => {
    const meanwhile = withObservations(waiting(), [P('PROCESSING')]);
    const state = answered(meanwhile, read(polled('PROCESSING')));
    expect(state.record.status).toBe('PROCESSING');
    expect(state.inbox).toEqual([]);
    expect(state.questions).toEqual({ missed: 0, nothingNew: 1, failed: 0 });
    expect(state.emission.outbox).toHaveLength(1);
    expect(state.lastNewsAt).toBe(DUE + SECOND);
  });

  test('is no message: it does not keep the next question away', () => {
    const before = waiting();
    expect(answered(before, read(polled('PROCESSING'))).lastNewsAt).toBe(before.lastNewsAt);
  });

  test('that never comes is counted, and changes nothing else', () => {
    const before = waiting();
    const state = answered(before, { kind: 'failed', why: '503' });
    expect(state.questions).toEqual({ missed: 0, nothingNew: 0, failed: 1 });
    expect(state.record).toEqual(before.record);
    expect(state.auditLog.at(-1)?.text).toBe('Reconciliation failed: 503');
    expect(state.waits).toEqual(before.waits);
  });

  test('that the order is not known stands until another one comes; a failure says nothing about it', () => {
    const unknown = answered(waiting(), { kind: 'unknown-order' });
    expect(unknown).toMatchObject({ isUnknownToBroker: true, questions: { nothingNew: 1 } });
    expect(answered(unknown, { kind: 'failed', why: '503' }).isUnknownToBroker).toBe(true);
    expect(answered(unknown, read(polled('NEW'))).isUnknownToBroker).toBe(false);
  });

  test('proves the end of all parts only when there is nothing open in it', () => {
    const done = [polled('SETTLED'), order('FILLED', { source: poll, executions: [facts('SETTLED')] })];
    expect(
      answered(waiting(), read(polled('SETTLED'), order('NEW', { source: poll }))).reconciledAfterEnd,
    ).toBe(false);
    const over = answered(waiting(), read(...done));
    expect(over.reconciledAfterEnd).toBe(true);
    expect(answered(over, { kind: 'failed', why: '' }).reconciledAfterEnd).toBe(true);
    expect(answered(waiting(...done), { kind: 'failed', why: '' }).reconciledAfterEnd).toBe(false);
  });

  test('goes to the wait that had been due for the longest time', () => {
    const state = waiting(P('PROCESSING'), order('FILLED', { executions: [facts('FILLED')] }));
    expect(answered(state, read(), T + DAY, T + DAY).auditLog.at(-1)?.rule).toBe('deadline:parts');
  });
});

test.each<[string, OrderState]>([
  [
    'the next attempt of a read that failed',
    { ...waiting(), troubles: [{ kind: 'upvest', since: T, attempts: 1, cause: '503', nextTryAt: DUE }] },
  ],
  [
    'a child order that could not be read',
    {
      ...waiting(),
      troubles: [{ kind: 'child-unreadable', orderId: childId(1), since: T, attempts: 1, cause: '503' }],
    },
  ],
])('%s is no operator’s decision, nor the outcome of one (14.18)', (_what, state) => {
  const before = { ...state, waits: [] };
  const { auditLog } = answered(before, read(polled('NEW')));
  expect(auditLog.at(-1)).toMatchObject({ rule: 'deadline:retry', text: 'Reconciled: no change' });
  const later = { ...before, reconcile: { at: DUE + MINUTE, actor: 'ada', reason: 'why' } };
  expect(answered(later, read(polled('NEW'))).auditLog.at(-1)?.rule).toBe('deadline:retry');
});

test('the first read of an order that is first seen late is the coordinator’s own (14.18)', () => {
  const held = withEmissionHold(waiting(), 'FIRST_SEEN_LATE', DUE - MINUTE);
  const { auditLog } = answered(held, read(polled('NEW')));
  expect(auditLog.at(-1)).toMatchObject({ rule: 'recovery:first-seen-late', text: 'Reconciled: no change' });
});

describe('an operator’s question', () => {
  const requested = { at: DUE - MINUTE, actor: 'ada', reason: 'why' };

  test('is answered by the first answer after it, and named', () => {
    const state = answered({ ...waiting(), reconcile: requested }, read(polled('NEW')));
    expect(state).not.toHaveProperty('reconcile');
    expect(state.auditLog.at(-1)?.rule).toBe('operator:reconcile');
  });

  test('is in the audit log with the actor and the reason', () => {
    const asked = reconcile.apply(waiting(), { actor: 'ada', reason: 'why' }, DUE).state;
    const { auditLog } = answered(asked, read(polled('NEW')), DUE + SECOND, DUE + 1);
    expect(auditLog).toContainEqual(
      expect.objectContaining({ rule: 'operator:reconcile', actor: 'ada', reason: 'why' }),
    );
  });

  const requestedAt = (at: number, more: Partial<OrderState> = {}): OrderState => ({
    ...waiting(),
    reconcile: { ...requested, at },
    ...more,
  });

  test('that came soon after a read had begun is answered by it: nothing is left to read', () => {
    const state = answered(requestedAt(DUE + 5 * SECOND), read(polled('NEW')), DUE + 6 * SECOND);
    expect(state).not.toHaveProperty('reconcile');
    expect(state.auditLog.at(-1)?.rule).toBe('operator:reconcile');
    expect(reconciliationDueAt(state, deadlines)).toBeGreaterThan(DUE + MINUTE);
  });

  test.each<[string, OrderState, ReconciliationResult]>([
    ['later than that', requestedAt(DUE + 5 * SECOND + 1), read(polled('NEW'))],
    ['while a read was under way that failed', requestedAt(DUE + 1), { kind: 'failed', why: '503' }],
    [
      'while another was under way, before revision 8',
      requestedAt(DUE + 1, { revision: 7 }),
      read(polled('NEW')),
    ],
  ])('that came %s is still pending', (_when, state, answer) => {
    const after = answered(state, answer, DUE + 10 * SECOND);
    expect(after.reconcile).toEqual(state.reconcile);
    expect(after.auditLog.at(-1)?.rule).toBe('deadline:new');
  });

  test('of the coordinator itself that came meanwhile is still pending', () => {
    const held = withEmissionHold(waiting(), 'FIRST_SEEN_LATE', DUE + 1);
    expect(answered(held, read(polled('NEW'))).reconcile).toEqual(held.reconcile);
  });
});

describe('a status that waited for its predecessor', () => {
  const early = (): OrderState =>
    withDeadlines(drainInbox(withObservations(waiting(), [P('FILLED')]), DUE), DUE, policies);
  const outboxOf = ({ emission }: OrderState) => emission.outbox;

  test('has asked once the answer to a question is there', () => {
    const after = DUE + 30 * SECOND;
    expect(outboxOf(answered(early(), read(polled('FILLED')), after, after))).toEqual([
      { status: 'FILLED', seenAt: DUE, isChecked: true },
    ]);
  });

  test('has not asked by a question from before it was seen', () => {
    const [entry] = outboxOf(answered(early(), read(polled('FILLED')), DUE + SECOND, DUE - 1));
    expect(entry).not.toHaveProperty('isChecked');
  });

  test('goes out behind the one that the answer brought', () => {
    const after = DUE + 30 * SECOND;
    const state = answered(early(), read(P('PROCESSING', { source: poll })), after, after);
    expect(
      outboxOf(state)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['FILLED', 'PROCESSING']);
    expect(withBatch(state, [], 'R').record.reached.PROCESSING?.by).toBe('poll');
  });
});
