/** What Upvest reports about an order is checked against what the client requested (14.1, 14.2). */
import { attentionCodes, attentionsOf } from '../../../src/domain/operator/attentions';
import { answerMismatch } from '../../../src/domain/order/answer-check';
import { dispatchPlan } from '../../../src/domain/order/emission';
import { release } from '../../../src/domain/operator/operator-commands';
import { resubmission } from '../../../src/domain/order/resubmission';
import { nextTimer } from '../../../src/domain/order/step';
import {
  drainInbox,
  initialState,
  withObservations,
  withPlacement,
} from '../../../src/domain/order/transitions';
import type { PlacementResult } from '../../../src/domain/broker/placement';
import type { PortfolioOrderObservation } from '../../../src/domain/broker/observation';
import type { OrderState } from '../../../src/domain/order-state/state';
import { ACCOUNT, at, frozen, order, placement, PORTFOLIO_ORDER, portfolioOrder, recordOf } from '../samples';
import { DAY, HOUR, policies, policiesWith, T } from './waiting';

const OTHER = '11111111-64c2-4d0e-8f0b-2f6d7f1b9a20';
const requested = {
  accountId: ACCOUNT.toUpperCase(),
  cashAmount: '1000',
  currency: 'EUR',
  side: 'BUY',
  postTax: false,
} as const;

type Answer = Partial<PortfolioOrderObservation>;
const placedAs = (answer: Answer): PlacementResult => ({
  reference: 'SP-1',
  requestedAt: at(0),
  requested,
  observation: portfolioOrder('NEW', { source: placement, at: at(1), createdAt: at(1), ...answer }),
});
const fresh = (): OrderState => ({
  ...initialState(PORTFOLIO_ORDER, T, policies, 'orders'),
  recovery: 'recovered',
});
/** A placed order whose POST was answered like this, and of which webhooks reported these. */
function stateOf(answer: Answer, ...webhooks: PortfolioOrderObservation[]): OrderState {
  const state = drainInbox(withPlacement(fresh(), frozen(placedAs(answer)), T), T);
  return frozen(drainInbox(withObservations(state, webhooks), T));
}
const codes = (state: OrderState): string[] => attentionCodes(attentionsOf(state));
const readyAt = (state: OrderState, now: number) => dispatchPlan(state, now, policies).ready;

const answers: [string, Answer, string | undefined][] = [
  ['as requested', {}, undefined],
  ['spelt otherwise', { cashAmount: '1000.000', currency: 'eur' }, undefined],
  ['created within the tolerance of the clocks', { createdAt: at(-60) }, undefined],
  ['another account', { accountId: OTHER }, `accountId ${OTHER} instead of ${ACCOUNT}`],
  ['the other side', { type: 'SELL' }, 'type SELL instead of BUY'],
  ['a rebalancing', { type: 'REBALANCING' }, 'type REBALANCING instead of BUY'],
  ['another amount', { cashAmount: '100000.00' }, 'cashAmount 100000 instead of 1000'],
  ['another currency', { currency: 'GBP' }, 'currency GBP instead of EUR'],
  ['post_tax flipped', { postTax: true }, 'postTax true instead of false'],
  [
    'an old order, which the idempotency key made Upvest answer again (14.2)',
    { createdAt: at(-61) },
    `created at ${at(-61)}, before the request of ${at(0)}`,
  ],
];

test.each(answers)('the answer: %s (14.1)', (_what, answer, expected) => {
  const state = stateOf(answer);
  expect(state.answerMismatch).toBe(expected);
  if (expected === undefined) {
    expect(codes(state)).toEqual([]);
    expect(readyAt(state, T).map(({ status }) => status)).toEqual(['NEW']);
    return;
  }
  expect(state.held).toBe('ANSWER_MISMATCH');
  expect(codes(state)).toEqual(['ANSWER_MISMATCH']);
  expect(attentionsOf(state)[0]?.message).toContain(expected);
  expect(state.emission.outbox).toHaveLength(1);
  expect(readyAt(state, T + DAY)).toEqual([]);
  expect(state.auditLog.at(-1)).toMatchObject({ rule: 'placement:mismatch' });
});

test('an answer without these members is compared by the webhooks that have them (14.1)', () => {
  const bare = portfolioOrder('NEW', { source: placement, at: at(1) });
  delete bare.accountId;
  delete bare.type;
  expect(answerMismatch({ ...placedAs({}), observation: bare }, recordOf(bare))).toBeUndefined();
  const state = drainInbox(
    withObservations(withPlacement(fresh(), { ...placedAs({}), observation: bare }, T), [
      portfolioOrder('PROCESSING', { accountId: OTHER }),
    ]),
    T,
  );
  expect(codes(state)).toContain('ANSWER_MISMATCH');
});

test.each([
  ['PROCESSING', 'otherwise cancel it at Upvest, or close it.'],
  ['FILLED', 'otherwise close it.'],
  ['SETTLED', 'otherwise close it.'],
])('an order that is %s is advised to be cancelled only where that is possible (14.20)', (status, advice) => {
  const state = stateOf({ cashAmount: '900.00' }, portfolioOrder(status, { updatedAt: at(9) }));
  const mismatch = attentionsOf(state).find(({ code }) => code === 'ANSWER_MISMATCH');
  expect(mismatch?.advice).toContain(advice);
});

test('a release sends the events, and the same difference holds them no second time (14.1)', () => {
  const ada = { actor: 'ada', reason: 'Upvest corrected it' };
  const { state } = release.apply(stateOf({ cashAmount: '900.00' }), ada, T + HOUR);
  expect(state).not.toHaveProperty('held');
  expect(codes(state)).toEqual([]);
  const more = withObservations(state, [
    portfolioOrder('PROCESSING', { cashAmount: '900', updatedAt: at(9) }),
  ]);
  const later = drainInbox(more, T + HOUR);
  expect(later).not.toHaveProperty('held');
  expect(readyAt(later, T + HOUR).map(({ status }) => status)).toContain('NEW');
  const otherwise = [portfolioOrder('FILLED', { cashAmount: '900', type: 'SELL', updatedAt: at(10) })];
  expect(drainInbox(withObservations(later, otherwise), T + HOUR).held).toBe('ANSWER_MISMATCH');
});

test('an order that is not what was requested is neither cancelled nor resubmitted by a policy (14.1)', () => {
  const { deadlines } = policiesWith({
    cancelIfNewAfterMs: HOUR,
    resubmit: { reasons: ['CANCELLED_BY_TRADING_PARTNER'], maxAttempts: 3 },
  });
  const of = (answer: Answer): OrderState => ({
    ...stateOf(answer),
    waits: [{ rule: 'deadline:new', since: T, firstDue: T + 9 * DAY, dueAt: T + 9 * DAY, asked: 0 }],
  });
  const timer = (state: OrderState) =>
    nextTimer(state, T, { ...policies, deadlines }, { reconciling: false })?.why;
  expect([timer(of({})), timer(of({ type: 'SELL' }))]).toEqual([
    'policy:cancel-if-new',
    'deadline:new, reconcile',
  ]);
  const cancelled = [
    portfolioOrder('CANCELLED'),
    order('CANCELLED', { cancellationReason: 'CANCELLED_BY_TRADING_PARTNER' }),
  ];
  const after = (answer: Answer): OrderState => ({
    ...drainInbox(withObservations(stateOf(answer), cancelled), T),
    reconciledAfterEnd: true,
  });
  expect(resubmission(after({}), deadlines)).toBe('due');
  expect(resubmission(after({ postTax: true }), deadlines)).toBe('no');
});

test('a placement of older code, which passed no terms on, is not compared', () => {
  const { requested: _none, ...older } = placedAs({ type: 'SELL', createdAt: at(-9999) });
  expect(answerMismatch(older, recordOf(older.observation))).toBeUndefined();
});
