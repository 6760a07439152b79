/** The API's names of parked events: one segment of a path, and the way back to the workflow. */
import fc from 'fast-check';
import {
  eventIdIn,
  parkedEventId,
  parkedEventWorkflow,
} from '../../../src/app/parked-events/parked-event-id';
import { parkedEventWorkflowId } from '../../../contracts/parked-event';

const hash = fc.stringMatching(/^[0-9a-f]{16}$/);

it('lead back to the workflow, whatever the event is called, and are one segment of a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), hash, (eventId, bodyHash) => {
      const workflowId = parkedEventWorkflowId(eventId, bodyHash);
      const id = parkedEventId(workflowId) ?? '';
      expect(id).toBe(encodeURIComponent(id));
      expect(parkedEventWorkflow(id)).toBe(workflowId);
      expect(eventIdIn(workflowId)).toBe(eventId);
    }),
  );
});

it('have the event id in them where it is a plain one', () => {
  expect(parkedEventId('parked-event/845fd9c4-1bdf-4d5e/0123456789abcdef')).toBe(
    '845fd9c4-1bdf-4d5e.0123456789abcdef',
  );
});

it.each([
  '',
  'a',
  'a.b',
  '~.0123456789abcdef',
  '../placement/x',
  'a.0123456789ABCDEF',
  'a/b.0123456789abcdef',
])('are not %p', (id) => {
  expect(parkedEventWorkflow(id)).toBeUndefined();
});

it.each(['placement/x', 'portfolio-order/x', 'parked-event/x'])('are none of %s', (workflowId) => {
  expect(parkedEventId(workflowId)).toBeUndefined();
});
