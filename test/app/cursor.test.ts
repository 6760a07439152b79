/** Cursors are good for the list and the filters that they came from, and for nothing else. */
import fc from 'fast-check';
import { nextCursor, readCursor } from '../../src/app/cursor';
import { CallError } from '../../src/app/errors';

const place = fc.stringMatching(/^[\w-]{1,200}$/);
const cursorOf = (next: string, filters: object): string => nextCursor(next, filters).nextCursor ?? '';

it('lead back to the place, whatever the order of the filters and however they are left out', () => {
  fc.assert(
    fc.property(place, (next) => {
      const cursor = cursorOf(next, { status: 'NEW', type: 'BUY', open: undefined });
      expect(readCursor(cursor, { type: 'BUY', status: 'NEW' })).toEqual({ cursor: next });
      expect(cursor).toMatch(/^[\w-]+$/);
    }),
  );
});

it('are refused with other filters, and when any character of them was changed or lost', () => {
  const filters = { status: 'NEW' };
  const cursor = cursorOf('CgQIARAB', filters);
  for (const other of [{}, { status: 'FILLED' }, { status: 'NEW', open: true }, { type: 'NEW' }])
    expect(() => readCursor(cursor, other)).toThrow(CallError);
  for (let at = 0; at < cursor.length; at += 1) {
    const changed = `${cursor.slice(0, at)}${cursor[at] === 'x' ? 'y' : 'x'}${cursor.slice(at + 1)}`;
    expect(() => readCursor(changed, filters)).toThrow(CallError);
    expect(() => readCursor(cursor.slice(0, at), filters)).toThrow(CallError);
  }
});

it('are absent after the last page, and before the first', () => {
  expect(nextCursor(undefined, {})).toEqual({});
  expect(readCursor(undefined, {})).toEqual({});
});
