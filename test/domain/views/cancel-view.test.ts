/** The cancel request in words: what Upvest answered, and what became of the order and of each child. */
import { cancelView } from '../../../src/domain/views/cancel-view';
import { summaryLines } from '../../../src/cli/output/order-summary';
import { timelineOf } from '../../../src/domain/views/timeline';
import { viewOf } from '../../../src/domain/views/order-view';
import type { Observation } from '../../../src/domain/broker/observation';
import type { CancelAnswer, OrderState } from '../../../src/domain/order-state/state';
import { at, childId, eventId, execution, order, portfolioOrder, refusal, webhook } from '../samples';
import { placedState, T } from '../order/waiting';

const request = { at: T, actor: 'ada', reason: 'why', rule: 'operator:cancel' as const };
const cancelled = (answer: CancelAnswer | undefined, ...observations: Observation[]): OrderState => ({
  ...placedState(...observations),
  cancel: { ...request, ...(answer && { answer }) },
});
const accepted = { kind: 'accepted' } as const;
const refused = {
  kind: 'refused',
  problem: { status: 409, type: 'wrong_state', detail: 'It is FILLED', requestId: 'r-1' },
} as const;

test.each<[string, OrderState, string]>([
  ['unanswered', cancelled(undefined), 'Upvest has not answered yet.'],
  ['accepted', cancelled(accepted), 'Upvest accepted it.'],
  [
    'accepted and executed all the same',
    cancelled(accepted, portfolioOrder('FILLED')),
    'Upvest accepted it; the order was executed.',
  ],
  [
    'executed before the answer',
    cancelled(undefined, portfolioOrder('FILLED')),
    'Upvest had not answered; the order was executed.',
  ],
  [
    'cancelled',
    cancelled(accepted, portfolioOrder('CANCELLED')),
    'Upvest accepted it; the order was cancelled in full.',
  ],
  [
    'partly executed',
    cancelled(accepted, portfolioOrder('CANCELLED'), execution('FILLED')),
    'Upvest accepted it; the order was cancelled after some of it was executed.',
  ],
  [
    'executed in part, as far as a snapshot tells',
    cancelled(accepted, portfolioOrder('CANCELLED'), order('FILLED')),
    'Upvest accepted it; the order was cancelled after some of it was executed.',
  ],
  [
    'cancelled ahead of its children',
    cancelled(accepted, portfolioOrder('CANCELLED'), order('PROCESSING')),
    'Upvest accepted it; the order was cancelled, but 1 of 1 child orders are not.',
  ],
  ['unknown', cancelled({ kind: 'unknown-order' }), 'Upvest does not know the order.'],
  [
    'rejected',
    cancelled(refused),
    "Upvest rejected it: 409 wrong_state It is FILLED (Upvest's request id r-1).",
  ],
])('%s (14.18, 14.59)', (_what, state, text) => {
  expect(cancelView(state)?.text).toBe(text);
});

test('each refusal to cancel a child has a line in the timeline and in show (14.18)', () => {
  const refusals = [1, 2, 3, 4, 5].map((n) =>
    refusal({ orderId: childId(n), reason: 'TOO_LATE', source: webhook(10 + n), at: at(10 + n) }),
  );
  const again = refusal({ orderId: childId(1), reason: 'FILLED', source: webhook(20), at: at(20) });
  const children = [1, 2, 3, 4, 5, 6].map((n) => order('PROCESSING', { id: childId(n) }));
  // Redelivered and out of order.
  const state = cancelled(accepted, ...children, again, ...refusals, ...refusals, again);
  const entries = timelineOf(state).filter(({ rule }) => rule === 'report:cancel-refused');
  expect(entries.map(({ id, at: time, eventId: event, text }) => [id, time, event, text])).toEqual([
    ...[1, 2, 3, 4, 5].map((n) => [
      childId(n),
      at(10 + n),
      eventId(10 + n),
      'Upvest refused to cancel it: TOO_LATE',
    ]),
    [childId(1), at(20), eventId(20), 'Upvest refused to cancel it: FILLED'],
  ]);
  const view = viewOf(state);
  expect(view.cancel?.text).toBe(
    'Upvest accepted it; it refused to cancel 5 of 6 child orders (TOO_LATE, FILLED).',
  );
  const shown = summaryLines({ phase: 'TRACKED', reference: 'SP-1', order: view }, T);
  expect(shown.filter((line) => line.includes('CANCELLATION_REFUSED'))).toHaveLength(5);
});
