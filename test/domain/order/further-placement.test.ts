/** Two placements that take one order for theirs: at most one of the two requests was placed. */
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { withPredecessor } from '../../../src/domain/order/recovery';
import { initialState, withPlacement } from '../../../src/domain/order/transitions';
import type { OrderState } from '../../../src/domain/order-state/state';
import { PORTFOLIO_ORDER } from '../samples';
import { placed, placedState, policies, T } from './waiting';

const twin = { ...placed, reference: 'SP-2' };
const codes = (state: OrderState): string[] => attentionsOf(state).map(({ code }) => code);

it('the second one needs attention, and changes nothing else (14.2)', () => {
  const first = placedState();
  const after = withPlacement(first, twin, T);
  expect(codes(after)).toEqual([...codes(first), 'PLACED_TWICE']);
  expect(attentionsOf(after).at(-1)?.message).toContain('SP-2');
  expect(after).toMatchObject({ placed: { reference: 'SP-1' }, emission: first.emission, inbox: [] });
  expect(withPlacement(after, twin, T)).toBe(after);
  expect(withPlacement(first, placed, T)).toBe(first);
});

it('a cancel of the second request does not cancel the order of the first (14.32)', () => {
  const cancel = { actor: 'ada', reason: 'by the other client' };
  const after = withPlacement(placedState(), { ...twin, cancel }, T);
  expect(after.cancel).toBeUndefined();
  expect(withPlacement(placedState(), { ...placed, cancel }, T).cancel).toMatchObject(cancel);
});

it('is known after a recovery, too (14.2)', () => {
  const begun = initialState(PORTFOLIO_ORDER, T, policies, 'portfolio');
  const restarted = withPlacement({ ...begun, recovery: 'recovering' }, twin, T);
  const recovered = withPredecessor(restarted, { kind: 'found', state: placedState() }, T);
  expect(recovered).toMatchObject({ placed: { reference: 'SP-1' }, placedAgain: [{ reference: 'SP-2' }] });
});

it('is not recorded by a run of an earlier revision', () => {
  const first = { ...placedState(), revision: 4 };
  expect(withPlacement(first, twin, T)).toBe(first);
});
