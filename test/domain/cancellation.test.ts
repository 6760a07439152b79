/** The wish to cancel: twice is once, nothing is taken for granted, and what is final stays. */
import {
  cancelForbidden,
  isCancelOwed,
  isCancelPending,
  withCancel,
  withCancelAnswer,
  type CancelAnswer,
} from '../../src/domain/cancellation';
import { drainInbox, withObservations, withPlaced, type OrderLife } from '../../src/domain/order-life';
import { withWaits } from '../../src/domain/waits';
import { frozen, portfolioOrder } from './samples';
import { adoptedLife, allAccepted, HOUR, MINUTE, placed, placedLife, policies, T } from './waiting';

const ada = { actor: 'ada', reason: 'the client called' };
const bob = { actor: 'bob', reason: 'me too' };
const wished = (life: OrderLife, who = ada, now = T): OrderLife =>
  frozen(withCancel(life, who, 'operator:cancel', now));
const answered = (life: OrderLife, answer: CancelAnswer, now = T): OrderLife =>
  frozen(withWaits(withCancelAnswer(life, answer, now), now, policies));
const refused: CancelAnswer = {
  kind: 'refused',
  problem: { status: 409, type: 'conflict', detail: 'too late' },
};
const unknown: CancelAnswer = { kind: 'unknown-order' };
const accepted: CancelAnswer = { kind: 'accepted' };
const life = allAccepted(placedLife());
const closed = { ...ada, at: 'now', evidence: 'ticket' };

describe('is forbidden', () => {
  test.each([
    ['nothing seen', adoptedLife(), undefined],
    ['NEW', life, undefined],
    ['PROCESSING', placedLife(portfolioOrder('PROCESSING')), undefined],
    ['FILLED', placedLife(portfolioOrder('FILLED')), undefined],
    ['SETTLED', placedLife(portfolioOrder('SETTLED')), /^portfolio-order:SETTLED>CANCELLED: .* final$/],
    ['CANCELLED', placedLife(portfolioOrder('CANCELLED')), /^portfolio-order:CANCELLED>CANCELLED: .* final$/],
    ['closed', { ...life, closed }, /^operator:close: /],
  ])('or not when the order is %s', (_what, one, rule) => {
    if (rule === undefined) expect(cancelForbidden(one)).toBeUndefined();
    else expect(cancelForbidden(one)).toMatch(rule);
  });
});

const states: [string, OrderLife, { pending: boolean; owed: boolean }][] = [
  ['nobody asked', life, { pending: false, owed: false }],
  ['on its way', wished(life), { pending: true, owed: true }],
  ['accepted', answered(wished(life), accepted), { pending: true, owed: false }],
  [
    'silent, overdue',
    withWaits(answered(wished(life), accepted), T + HOUR, policies),
    { pending: false, owed: false },
  ],
  ['refused', answered(wished(life), refused), { pending: false, owed: false }],
  ['not known', answered(wished(life), unknown), { pending: false, owed: false }],
  [
    'on its way when the order ends',
    drainInbox(withObservations(wished(life), [portfolioOrder('SETTLED')]), T),
    { pending: true, owed: false },
  ],
  ['on its way when the order is closed', { ...wished(life), closed }, { pending: true, owed: false }],
];

test.each(states)('%s', (_what, one, { pending, owed }) => {
  expect(isCancelPending(one)).toBe(pending);
  expect(isCancelOwed(one)).toBe(owed);
  const again = wished(one, bob, T + MINUTE);
  if (pending) expect(again).toBe(one);
  else expect(again.cancel).toEqual({ ...bob, at: T + MINUTE, rule: 'operator:cancel' });
});

test('the journal tells who wished, and what Upvest said', () => {
  const { journal } = answered(wished(life), refused, T + 1000);
  expect(journal).toEqual([
    { at: '2026-03-02T09:00:00.000Z', rule: 'operator:cancel', text: 'The order is to be cancelled', ...ada },
    {
      at: '2026-03-02T09:00:01.000Z',
      rule: 'operator:cancel',
      text: 'Upvest refused the cancel: 409 conflict too late',
    },
  ]);
});

test('an accepted cancel changes no status: the broker’s word does', () => {
  expect(answered(wished(life), accepted).record).toBe(life.record);
});

test('an answer without a wish changes nothing', () => {
  expect(withCancelAnswer(life, accepted, T)).toBe(life);
});

describe('with the placement', () => {
  test('it is asked for once, even when the hand-over is repeated', () => {
    const first = withPlaced(life, { ...placed, cancel: ada }, T);
    expect(first.cancel).toMatchObject(ada);
    expect(first.placed).not.toHaveProperty('cancel');
    const again = withPlaced(answered(first, refused), { ...placed, cancel: ada }, T + HOUR);
    expect(again.cancel?.answer).toEqual(refused);
  });

  test('it is not asked for when the order has ended', () => {
    const ended = adoptedLife(portfolioOrder('SETTLED'));
    expect(withPlaced(ended, { ...placed, cancel: ada }, T)).not.toHaveProperty('cancel');
  });
});
