/** Events wait a moment for others to be sent with, but for nothing once the order has ended. */
import { nextTimer } from '../../../src/domain/order/step';
import { emissionDueAt, hasEmissionWork, withBatch, withResults } from '../../../src/domain/order/emission';
import { saveDueAt } from '../../../src/domain/records/saving';
import { frozen, portfolioOrder } from '../samples';
import { placedState, policies, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const LINGER = 400;
const lingering = { ...policies, lingerMs: LINGER };
const seenAt = (state: OrderState, times: number[]): OrderState => {
  const outbox = state.emission.outbox.map((entry, index) => ({ ...entry, seenAt: times[index] ?? T }));
  return frozen({ ...state, emission: { ...state.emission, outbox } });
};
const timer = (state: OrderState, now: number) => nextTimer(state, now, lingering, { reconciling: true });

const processing = placedState(portfolioOrder('PROCESSING'));

test('the first event of a batch decides when it is sent', () => {
  const state = seenAt(processing, [T, T + 300]);
  expect(state.emission.outbox).toHaveLength(2);
  expect(emissionDueAt(state, T, lingering)).toBe(T + LINGER);
  expect(hasEmissionWork(state, T + LINGER - 1, lingering)).toBe(false);
  expect(hasEmissionWork(state, T + LINGER, lingering)).toBe(true);
});

test('the workflow wakes up for it, and saves nothing of its own meanwhile', () => {
  const state = seenAt(processing, [T, T]);
  expect(timer(state, T)).toEqual({ at: T + LINGER, why: 'send to ESW' });
  const stale = { ...state, saving: { version: 1, staleSince: T, urgency: 'now' as const } };
  expect(saveDueAt(stale, T, lingering, false)).toBeUndefined();
});

test('runs of earlier releases send at once', () => {
  expect(emissionDueAt(processing, T, policies)).toBe(T);
});

test('the events of an order that has ended are sent at once', () => {
  const ended = seenAt(placedState(portfolioOrder('SETTLED')), [T, T, T, T]);
  expect(emissionDueAt(ended, T, lingering)).toBe(T);
});

test('what an operator requested is sent at once', () => {
  const [first, ...others] = processing.emission.outbox;
  if (first === undefined) throw new Error('The outbox is empty');
  const outbox = [{ ...first, isRetried: true as const }, ...others];
  const state = { ...processing, emission: { ...processing.emission, outbox } };
  expect(emissionDueAt(state, T, lingering)).toBe(T);
});

test('what came while a batch was under way lingers, too, and a batch in flight never does', () => {
  const state = seenAt(processing, [T, T + 300]);
  const batch = [{ status: 'NEW' as const, id: 'e-1', body: '{}' }];
  const sending = withBatch(state, batch, 'R');
  expect(emissionDueAt(sending, T, lingering)).toBe(T);
  const answered = withResults(sending, [{ id: 'e-1', outcome: 'accepted' }], T + 350);
  expect(emissionDueAt(answered, T + 350, lingering)).toBe(T + 300 + LINGER);
});

test('nothing is due where nothing is ready', () => {
  const held = { ...processing, held: 'FIRST_SEEN_LATE' as const };
  expect(emissionDueAt(held, T, lingering)).toBeUndefined();
});
