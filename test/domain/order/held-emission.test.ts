/** While emission is held, an operator's retry waits for the release; what is in flight already is finished. */
import { retryEmission, release } from '../../../src/domain/operator/operator-commands';
import { hasEmissionWork, withBatch, withResults } from '../../../src/domain/order/emission';
import { withEmissionHold } from '../../../src/domain/order/too-late';
import { viewOf } from '../../../src/domain/views/order-view';
import { at, frozen } from '../samples';
import { placedState, policies, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const ada = { actor: 'ada', reason: 'ESW has fixed it' };
const sending = withBatch(placedState(), [{ status: 'NEW', id: 'e-1', body: '{}' }], 'SP-1');
const rejected = withResults(
  sending,
  [{ id: 'e-1', outcome: 'refused', refusal: { status: 422, message: 'no', at: at(1) } }],
  T,
);
const held = (state: OrderState): OrderState => frozen(withEmissionHold(state, 'FIRST_SEEN_LATE', T));
const sends = (state: OrderState): boolean => hasEmissionWork(state, T, policies);

test('a retry of a held order is sent once it is released, and says so (14.1)', () => {
  const { state, decided } = retryEmission.apply(held(rejected), ada, T);
  expect(decided).toBe('Resending NEW once emission is released.');
  expect(state.auditLog.at(-1)?.text).toBe('Resending NEW once emission is released');
  expect(sends(state)).toBe(false);
  expect(viewOf(state)).toMatchObject({
    fulfillment: { pending: ['NEW'], refused: [] },
    waitingFor: expect.stringContaining('An operator to release emission') as string,
  });
  expect(sends(release.apply(state, ada, T).state)).toBe(true);
});

test('what was in flight when the order was held is finished, as ESW may have it (14.1)', () => {
  expect(sends(held(sending))).toBe(true);
});

test('a run that began before this rule keeps sending the retry', () => {
  expect(sends(retryEmission.apply({ ...held(rejected), revision: 4 }, ada, T).state)).toBe(true);
});
