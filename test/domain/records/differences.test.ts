import { differencesOf, isChanging, type RowFacts } from '../../../src/domain/records/differences';
import { BREAK_CAUSES } from '../../../src/domain/records/break-causes';
import { initialState, drainInbox, withObservations } from '../../../src/domain/order/transitions';
import { importedState } from '../../../src/domain/records/imported-state';
import type { OrderState } from '../../../src/domain/order-state/state';
import { ACCOUNT, at, childId, order, poll, portfolioOrder, PORTFOLIO_ORDER } from '../samples';
import { allAccepted, HOUR, MINUTE, placedState, policies, T } from '../order/waiting';

const NOW = T + HOUR;
const GRACE = 2 * MINUTE;
const child = { id: childId(1), status: 'PROCESSING' };
const tracked = (): OrderState =>
  allAccepted(placedState(portfolioOrder('PROCESSING', { orders: [child] }), order('PROCESSING')));
const row = (more: Partial<RowFacts> = {}): RowFacts => ({
  status: 'PROCESSING',
  ordered: '1000.00',
  currency: 'EUR',
  accountId: ACCOUNT,
  children: 1,
  ...more,
});
const theirs = (status = 'PROCESSING', more: Parameters<typeof portfolioOrder>[1] = {}) =>
  portfolioOrder(status, { source: poll, orders: [child], ...more });
const compare = (shown = theirs(), state = tracked(), facts: RowFacts | undefined = row(), now = NOW) =>
  differencesOf(shown, state, facts, now, GRACE).map(({ cause, subject, ours, theirs: other }) => ({
    cause,
    ...(subject !== '' && { subject }),
    ...(ours !== undefined && { ours }),
    ...(other !== undefined && { theirs: other }),
  }));

it('finds nothing where all three agree, however amounts and ids are spelt', () => {
  expect(compare()).toEqual([]);
  expect(compare(theirs('PROCESSING', { cashAmount: '1000', accountId: ACCOUNT.toUpperCase() }))).toEqual([]);
});

it.each([
  ['STATUS_DIFFERS', theirs('FILLED'), { ours: 'PROCESSING', theirs: 'FILLED' }],
  ['AMOUNT_DIFFERS', theirs('PROCESSING', { cashAmount: '999.99' }), { ours: '1000.00', theirs: '999.99' }],
  ['CURRENCY_DIFFERS', theirs('PROCESSING', { currency: 'GBP' }), { ours: 'EUR', theirs: 'GBP' }],
  ['ACCOUNT_DIFFERS', theirs('PROCESSING', { accountId: childId(9) }), { ours: ACCOUNT, theirs: childId(9) }],
  [
    'CHILD_MISSING',
    theirs('PROCESSING', { orders: [child, { id: childId(2), status: 'NEW' }] }),
    { subject: childId(2), theirs: 'NEW' },
  ],
  [
    'CHILD_STATUS_DIFFERS',
    theirs('PROCESSING', { orders: [{ ...child, status: 'FILLED' }] }),
    { subject: childId(1), ours: 'PROCESSING', theirs: 'FILLED' },
  ],
])('names a difference at Upvest: %s', (cause, shown, facts) => {
  expect(compare(shown)).toEqual([{ cause, ...facts }]);
});

it('names a child that is not in the order at Upvest, unless Upvest lists none', () => {
  const other = { id: childId(2), status: 'NEW' };
  expect(compare(theirs('PROCESSING', { orders: [other] }))).toEqual([
    { cause: 'CHILD_MISSING', subject: childId(2), theirs: 'NEW' },
    { cause: 'CHILD_UNKNOWN_AT_UPVEST', subject: childId(1), ours: 'PROCESSING' },
  ]);
  expect(compare(theirs('PROCESSING', { orders: [] }))).toEqual([]);
});

it('names events that ESW lacks: rejected, waiting or never made, once they are older than the grace', () => {
  const state = tracked();
  const { emission } = state;
  const missing = { cause: 'NOT_AT_ESW', subject: 'PROCESSING', theirs: 'PROCESSING' };
  const without = emission.accepted.filter(({ status }) => status !== 'PROCESSING');
  const lost: OrderState = { ...state, emission: { ...emission, accepted: without } };
  expect(compare(theirs(), lost)).toEqual([missing]);
  expect(differencesOf(theirs(), lost, row(), NOW, GRACE)[0]?.text).toContain('no event of it was made');
  expect(compare(theirs(), lost, row(), T + MINUTE)).toEqual([]);

  const waiting: OrderState = {
    ...lost,
    emission: { ...lost.emission, outbox: [{ status: 'PROCESSING', seenAt: T }] },
    held: 'FIRST_SEEN_LATE',
  };
  expect(differencesOf(theirs(), waiting, row(), NOW, GRACE)[0]?.text).toContain(
    'held back (FIRST_SEEN_LATE)',
  );

  const refusal = { status: 422, message: 'unknown tenant' };
  const rejected: OrderState = {
    ...lost,
    emission: { ...lost.emission, refused: [{ status: 'PROCESSING', id: 'x', refusal }] },
  };
  expect(compare(theirs(), rejected)).toEqual([missing]);
  expect(differencesOf(theirs(), rejected, row(), NOW, GRACE)[0]?.text).toContain('unknown tenant');

  const skipped: OrderState = {
    ...lost,
    emission: { ...lost.emission, skipped: [{ status: 'PROCESSING', id: 'x', refusal }] },
  };
  expect(compare(theirs(), skipped)).toEqual([]);
});

it('compares events of children only where they are sent', () => {
  const state = tracked();
  const missing = { cause: 'NOT_AT_ESW', subject: `order ${childId(1)} PROCESSING`, theirs: 'PROCESSING' };
  const withDetail: OrderState = { ...state, emission: { ...state.emission, detail: 'orders' } };
  expect(compare(theirs(), withDetail)).toEqual([missing]);
  expect(compare(theirs(), state)).toEqual([]);
});

it('names an event at ESW of a status that Upvest does not have', () => {
  const state = tracked();
  const filled = { status: 'FILLED' as const, id: 'id-FILLED', at: at(20) };
  const ahead: OrderState = {
    ...state,
    emission: { ...state.emission, accepted: [...state.emission.accepted, filled] },
  };
  expect(compare(theirs(), ahead)).toEqual([
    { cause: 'ONLY_AT_ESW', subject: 'FILLED', ours: 'FILLED', theirs: 'PROCESSING' },
  ]);
});

it.each([
  ['status', { status: 'SETTLED' }],
  ['amount', { ordered: '1.00' }],
  ['currency', { currency: 'GBP' }],
  ['account', { accountId: childId(9) }],
  ['number of children', { children: 7 }],
])('names a row with another %s than its order', (subject, edited) => {
  expect(compare(theirs(), tracked(), row(edited))).toMatchObject([{ cause: 'ROW_BEHIND', subject }]);
});

it('does not compare what an operator closed, nor what ESW is not to have', () => {
  const decision = { actor: 'ada', reason: 'over', evidence: 'ticket 1' };
  const closed: OrderState = { ...tracked(), closed: { ...decision, at: at(10) } };
  expect(compare(theirs('FILLED'), closed)).toEqual([]);
  const silent: OrderState = {
    ...tracked(),
    imported: { at: T, emit: 'none' },
    emission: { ...tracked().emission, accepted: [] },
  };
  expect(compare(theirs(), silent)).toEqual([]);
});

it('lists twenty differences of a cause, and counts the others', () => {
  const many = Array.from({ length: 30 }, (_, n) => ({ id: childId(n + 1), status: 'PROCESSING' }));
  const found = differencesOf(theirs('PROCESSING', { orders: many }), tracked(), row(), NOW, GRACE);
  expect(found).toHaveLength(20);
  expect(found.at(-1)?.text).toMatch(/; and 9 more$/);
});

it('counts an order as changing while its last change is younger than the grace', () => {
  const updatedAt = at(0);
  expect(isChanging({ updatedAt }, T + GRACE - 1, GRACE)).toBe(true);
  expect(isChanging({ updatedAt }, T + GRACE, GRACE)).toBe(false);
  expect(isChanging({}, T, GRACE)).toBe(false);
});

it('says of every cause what it means and what to do', () => {
  for (const { meaning, remedy } of Object.values(BREAK_CAUSES)) {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  }
});

describe('an imported order', () => {
  const settings = { policies, emission: { tenantCode: 'PFOLIO', detail: 'orders' as const } };
  const seen = [theirs(), order('PROCESSING', { source: poll })];
  const later = [theirs('FILLED', { orders: [{ ...child, status: 'FILLED' }] }), order('FILLED')];
  const after = (state: OrderState): OrderState => drainInbox(withObservations(state, later), NOW);
  const topics = (state: OrderState): string[] =>
    state.emission.outbox.map(({ status, orderId }) => (orderId === undefined ? status : `child ${status}`));

  it('from now: what it has reached counts as sent, and what follows is sent', () => {
    const state = importedState(PORTFOLIO_ORDER, seen, 'from-now', settings, NOW);
    expect(state).toMatchObject({ recovery: 'recovered', adoptedAt: NOW, imported: { emit: 'from-now' } });
    expect(topics(state)).toEqual([]);
    expect(state.emission.accepted.every(({ isElsewhere }) => isElsewhere)).toBe(true);
    expect(topics(after(state)).sort()).toEqual(['FILLED', 'child FILLED']);
    expect(compare(theirs(), state)).toEqual([]);
  });

  it('without events: nothing is ever sent', () => {
    const state = importedState(PORTFOLIO_ORDER, seen, 'none', settings, NOW);
    expect(state.emission.accepted).toEqual([]);
    expect(topics(after(state))).toEqual([]);
    expect(after(state).record.status).toBe('FILLED');
  });

  it('is not held for its age, and has no predecessor to look for', () => {
    const old = [theirs('PROCESSING', { createdAt: at(-40 * 86_400) })];
    expect(importedState(PORTFOLIO_ORDER, old, 'from-now', settings, NOW).held).toBeUndefined();
    const normal = {
      ...initialState(PORTFOLIO_ORDER, NOW, policies, 'orders'),
      recovery: 'recovered' as const,
    };
    expect(drainInbox(withObservations(normal, old), NOW).held).toBe('FIRST_SEEN_LATE');
  });
});
