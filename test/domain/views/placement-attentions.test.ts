/** A placement has attentions as orders have them, in one wording for page, command line and API. */
import { placementAttentions } from '../../../src/domain/views/placement-attentions';
import { at } from '../samples';

const stopped = { message: '401 no', since: at(2) };

test('an unknown outcome asks an operator to identify the order, while that is allowed (14.57)', () => {
  const steps = [{ at: at(4), rule: 'placement:unknown' as const, text: 'It is unknown' }];
  const unknown = { phase: 'UNKNOWN', steps, actions: ['cancel' as const, 'identify' as const] };
  expect(placementAttentions(unknown)).toEqual([
    expect.objectContaining({ code: 'PLACEMENT_UNKNOWN', since: at(4), actions: ['identify'] }),
  ]);
  expect(placementAttentions({ ...unknown, actions: ['cancel'] })[0]?.actions).toEqual([]);
});

test('a stop needs attention once it is flagged, with its cause and its time (14.57)', () => {
  expect(placementAttentions({ phase: 'PLACING', stopped })).toEqual([]);
  expect(placementAttentions({ phase: 'PLACING', stopped: { ...stopped, flagged: true } })).toEqual([
    expect.objectContaining({
      code: 'PLACEMENT_STOPPED',
      since: at(2),
      message: 'No attempt to place the order got through: 401 no',
    }),
  ]);
});

test('a placement that goes on, or has ended, needs none', () => {
  for (const phase of ['PLACING', 'PLACED', 'REFUSED', 'NOT_PLACED'])
    expect(placementAttentions({ phase })).toEqual([]);
});
