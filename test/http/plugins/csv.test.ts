/** When a list is answered as CSV: by the Accept header alone. */
import { wantsCsv } from '../../../src/http/plugins/csv';

it.each([
  ['text/csv', true],
  ['TEXT/CSV', true],
  ['text/csv; header=present', true],
  ['text/*', true],
  ['text/csv, application/json;q=0.9', true],
  ['application/json;q=0.9, text/csv', true],
  ['text/csv, */*;q=0.1', true],
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/csv;q=0', false],
  ['text/csv;q=x', false],
  ['text/csv;q=0.5, application/json', false],
  ['application/json, text/csv', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['', false],
])('Accept: %s', (accept, expected) => {
  expect(wantsCsv({ headers: { ...(accept !== undefined && { accept }) } })).toBe(expected);
});
