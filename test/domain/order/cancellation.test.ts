/** Cancel requests: repetitions change nothing, and only the broker cancels the order; final statuses stay. */
import {
  cancelForbidden,
  isCancelUnsent,
  isCancelPending,
  withCancel,
  withCancelAnswer,
} from '../../../src/domain/order/cancellation';
import { drainInbox, withObservations, withPlacement } from '../../../src/domain/order/transitions';
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { step } from '../../../src/domain/order/step';
import { withDeadlines } from '../../../src/domain/order/deadlines';
import { frozen, portfolioOrder } from '../samples';
import { adoptedState, allAccepted, DAY, HOUR, MINUTE, placed, placedState, policies, T } from './waiting';
import type { CancelAnswer, OrderState } from '../../../src/domain/order-state/state';

const ada = { actor: 'ada', reason: 'the client called' };
const bob = { actor: 'bob', reason: 'me too' };
const requested = (state: OrderState, who = ada, now = T): OrderState =>
  frozen(withCancel(state, who, 'operator:cancel', now));
const answered = (state: OrderState, answer: CancelAnswer, now = T): OrderState =>
  frozen(withDeadlines(withCancelAnswer(state, answer, now), now, policies));
const refused: CancelAnswer = {
  kind: 'refused',
  problem: { status: 409, type: 'conflict', detail: 'too late' },
};
const unknown: CancelAnswer = { kind: 'unknown-order' };
const accepted: CancelAnswer = { kind: 'accepted' };
const state = allAccepted(placedState());
const closed = { ...ada, at: 'now', evidence: 'ticket' };

/** The order has begun when today's rules did not exist: its history has what they forbid. */
function older({ revision: _, ...rest }: OrderState): OrderState {
  return rest;
}

describe('a cancel of an order that is FILLED (14.17)', () => {
  const asked = {
    ...placedState(portfolioOrder('PROCESSING')),
    cancel: { ...ada, at: T, rule: 'operator:cancel' as const },
  };
  const filled = (one: OrderState): OrderState =>
    step(withObservations(one, [portfolioOrder('FILLED')]), T + DAY, policies);

  it('is not sent any more when it was requested before', () => {
    expect(isCancelUnsent(asked)).toBe(true);
    expect(isCancelUnsent(filled(asked))).toBe(false);
    expect(isCancelUnsent(filled(older(asked)))).toBe(true);
  });

  it('is waited for no longer, and needs no attention, once that is known', () => {
    const overdue = step({ ...asked, cancel: { ...asked.cancel, answer: accepted } }, T, policies);
    const silent = step(overdue, T + DAY, policies);
    expect(attentionsOf(silent).map(({ code }) => code)).toContain('CANCEL_SILENT');
    const after = filled(silent);
    expect(after.waits.map(({ rule }) => rule)).not.toContain('deadline:cancel');
    expect(attentionsOf(after).map(({ code }) => code)).not.toContain('CANCEL_SILENT');
    const rejected = filled({ ...asked, cancel: { ...asked.cancel, answer: refused } });
    expect(attentionsOf(rejected).map(({ code }) => code)).not.toContain('CANCEL_REFUSED');
  });
});

describe('is forbidden', () => {
  test.each([
    ['nothing seen', adoptedState(), undefined],
    ['NEW', state, undefined],
    ['PROCESSING', placedState(portfolioOrder('PROCESSING')), undefined],
    [
      'FILLED',
      placedState(portfolioOrder('FILLED')),
      /^portfolio-order:FILLED>CANCELLED: .* nothing is left/,
    ],
    ['FILLED, of older rules', older(placedState(portfolioOrder('FILLED'))), undefined],
    ['SETTLED', placedState(portfolioOrder('SETTLED')), /^portfolio-order:SETTLED>CANCELLED: .* final$/],
    [
      'CANCELLED',
      placedState(portfolioOrder('CANCELLED')),
      /^portfolio-order:CANCELLED>CANCELLED: .* final$/,
    ],
    ['closed', { ...state, closed }, /^operator:close: /],
  ])('or not when the order is %s', (_what, one, rule) => {
    if (rule === undefined) expect(cancelForbidden(one)).toBeUndefined();
    else expect(cancelForbidden(one)).toMatch(rule);
  });
});

const states: [string, OrderState, { pending: boolean; unsent: boolean }][] = [
  ['not requested', state, { pending: false, unsent: false }],
  ['on its way', requested(state), { pending: true, unsent: true }],
  ['accepted', answered(requested(state), accepted), { pending: true, unsent: false }],
  [
    'silent, overdue',
    withDeadlines(answered(requested(state), accepted), T + HOUR, policies),
    { pending: false, unsent: false },
  ],
  ['refused', answered(requested(state), refused), { pending: false, unsent: false }],
  ['not known', answered(requested(state), unknown), { pending: false, unsent: false }],
  [
    'on its way when the order ends',
    drainInbox(withObservations(requested(state), [portfolioOrder('SETTLED')]), T),
    { pending: true, unsent: false },
  ],
  ['on its way when the order is closed', { ...requested(state), closed }, { pending: true, unsent: false }],
];

test.each(states)('%s', (_what, one, { pending, unsent }) => {
  expect(isCancelPending(one)).toBe(pending);
  expect(isCancelUnsent(one)).toBe(unsent);
  const retryQueue = requested(one, bob, T + MINUTE);
  if (pending) expect(retryQueue).toBe(one);
  else expect(retryQueue.cancel).toEqual({ ...bob, at: T + MINUTE, rule: 'operator:cancel' });
});

test('the audit log names who requested the cancel, and Upvest’s answer', () => {
  const { auditLog } = answered(requested(state), refused, T + 1000);
  expect(auditLog).toEqual([
    { at: '2026-03-02T09:00:00.000Z', rule: 'operator:cancel', text: 'Cancel requested', ...ada },
    {
      at: '2026-03-02T09:00:01.000Z',
      rule: 'operator:cancel',
      text: 'Upvest rejected the cancel request: 409 conflict too late',
    },
  ]);
});

test('an accepted cancel changes no status: the broker’s word does', () => {
  expect(answered(requested(state), accepted).record).toBe(state.record);
});

test('an answer without a request changes nothing', () => {
  expect(withCancelAnswer(state, accepted, T)).toBe(state);
});

describe('with the placement', () => {
  test('it is requested once, even when the placement is signalled again', () => {
    const first = withPlacement(state, { ...placed, cancel: ada }, T);
    expect(first.cancel).toMatchObject(ada);
    expect(first.placed).not.toHaveProperty('cancel');
    const retryQueue = withPlacement(answered(first, refused), { ...placed, cancel: ada }, T + HOUR);
    expect(retryQueue.cancel?.answer).toEqual(refused);
  });

  test('it is not asked for when the order has ended', () => {
    const ended = adoptedState(portfolioOrder('SETTLED'));
    expect(withPlacement(ended, { ...placed, cancel: ada }, T)).not.toHaveProperty('cancel');
  });
});
