/** Days and times in queries. */
import { read } from '../../../src/app/schemas/input';
import { filterOf, orderQuery, sortOf } from '../../../src/app/schemas/order-queries';
import { decisionsQuery, settledQuery } from '../../../src/app/schemas/report-queries';
import { CallError } from '../../../src/app/errors';
import type { z } from 'zod';

function errorsOf(schema: z.ZodType, query: object): (string | undefined)[] {
  try {
    read(schema, query);
    return [];
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return (error.errors ?? []).map(({ field, message }) => `${field} ${message}`);
  }
}

it.each([
  ['a day of winter, in Berlin', '2026-03-02', '2026-03-01T23:00:00.000Z', '2026-03-02T23:00:00.000Z'],
  ['a day of summer', '2026-07-01', '2026-06-30T22:00:00.000Z', '2026-07-01T22:00:00.000Z'],
  ['the day with 23 hours', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ['the day with 25 hours', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['a time', '2026-03-02T09:30:00Z', '2026-03-02T09:30:00.000Z', '2026-03-02T09:30:00.000Z'],
  [
    'a time with an offset',
    '2026-03-02T09:30:00.5+01:00',
    '2026-03-02T08:30:00.500Z',
    '2026-03-02T08:30:00.500Z',
  ],
])('%s begins and ends a range', (_what, text, from, to) => {
  const query = read(orderQuery, { openedFrom: text, openedTo: text });
  expect(filterOf(query)).toEqual({ times: { opened: { from, to } } });
  const decisions = read(decisionsQuery, { from: text, to: text });
  expect(decisions).toMatchObject({ from, to });
});

it.each([
  '2026-02-30',
  '2026-3-2',
  'yesterday',
  '2026-03-02T09:30:00',
  '2026-03-02T25:00:00Z',
  '2026-02-30T09:30:00Z',
  '1969-12-31',
  '',
])('%p is none, and the message says what is', (text) => {
  const message =
    'settledTo must be a date such as 2026-03-02, or a time with its offset such as 2026-03-02T09:30:00Z';
  expect(errorsOf(orderQuery, { settledTo: text })).toEqual([message]);
});

it('the parameters of a list become its filter and sort', () => {
  const query = read(orderQuery, {
    ...{
      q: 'savings-',
      side: 'SELL',
      amountFrom: '10',
      amountTo: '20.50',
      finishedTo: '2026-03-02T00:00:00Z',
    },
    ...{ sort: 'amount', direction: 'asc', count: 'true' },
  });
  expect(filterOf(query)).toEqual({
    type: 'SELL',
    search: 'savings-',
    amount: { from: '10', to: '20.50' },
    times: { finished: { to: '2026-03-02T00:00:00.000Z' } },
  });
  expect(sortOf(query)).toEqual({ by: 'amount', direction: 'asc' });
  expect(sortOf(read(orderQuery, { sort: 'opened' }))).toEqual({ by: 'opened', direction: 'desc' });
  expect(sortOf(read(orderQuery, {}))).toBeUndefined();
  expect(filterOf(read(orderQuery, {}))).toEqual({});
});

it.each([
  [{ direction: 'asc' }, ['direction needs sort']],
  [{ type: 'BUY', side: 'SELL' }, ['side must be BUY, as type, or left out']],
  [{ sort: 'reference' }, ['sort must be one of opened, changed, settled, finished, amount']],
  [
    { amountFrom: '-1', amountTo: '1e3' },
    [expect.stringContaining('amountFrom'), expect.stringContaining('amountTo')],
  ],
  [{ q: "a' or" }, [expect.stringContaining('q must be the beginning of a reference')]],
  [{ q: '' }, [expect.stringContaining('q must be')]],
])('the list refuses %j', (query, expected) => {
  expect(errorsOf(orderQuery, query)).toEqual(expected);
});

it.each([
  [{ from: '2026-03-02' }, ['to must be a date such as 2026-03-02']],
  [{ from: '2026-03-02', to: '2026-03-01' }, ['to must not be before from']],
  [{ from: '2025-01-01', to: '2026-01-02' }, ['to must be at most 365 days after from']],
  [{ from: '2026-02-30', to: '2026-03-02' }, ['from must be a date such as 2026-03-02']],
  [{ from: '2025-01-01', to: '2026-01-01' }, []],
  [{ from: '2026-03-29', to: '2026-03-29' }, []],
])('a report of %j is refused with %j', (query, expected) => {
  expect(errorsOf(settledQuery, query)).toEqual(expected);
});
