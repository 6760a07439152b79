/** The API's names of parked events: one segment of a path, and the way back to the workflow. */
import fc from 'fast-check';
import {
  eventIdIn,
  parkedEventId,
  parkedEventWorkflow,
  parkedName,
} from '../../../src/app/parked-events/parked-event-id';
import { parkedEventParams } from '../../../src/app/schemas/parked-event-queries';
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
  '~AA.0123456789abcdef',
])('are not %p', (id) => {
  expect(parkedEventWorkflow(id)).toBeUndefined();
});

it.each(['placement/x', 'portfolio-order/x', 'parked-event/x'])('are none of %s', (workflowId) => {
  expect(parkedEventId(workflowId)).toBeUndefined();
});

describe('the name of an event', () => {
  it.each([
    ['it has', '845fd9c4-1bdf-4d5e'],
    ['with blanks and slashes', 'a/b ../é?'],
    ['of 100 bytes', 'é'.repeat(50)],
  ])('is the id %s', (_what, eventId) => {
    expect(parkedName(eventId)).toBe(eventId);
  });

  it('is a hash for ids that are empty, too long, or no text for a database, each with its own (14.31)', () => {
    const odd = ['', '\ud83d', '\ud83e', 'a\0b', 'a\r\nb', 'i'.repeat(101), '\u202e1', `${'é'.repeat(50)}i`];
    const names = odd.map(parkedName);
    for (const name of names) expect(name).toMatch(/^sha256-[0-9a-f]{32}$/);
    expect(new Set(names).size).toBe(odd.length);
  });

  it('makes an id that any event can be decided by (14.31)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), hash, (eventId, bodyHash) => {
        const workflowId = parkedEventWorkflowId(parkedName(eventId), bodyHash);
        const id = parkedEventId(workflowId) ?? '';
        expect(parkedEventParams.parse({ id })).toEqual({ id });
        expect(parkedEventWorkflow(id)).toBe(workflowId);
      }),
    );
  });
});
