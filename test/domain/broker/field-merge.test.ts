/** Merging fields: the newest report of each field wins, regardless of the order of arrival. */
import {
  array,
  assert,
  constantFrom,
  option,
  property,
  record as recordOf,
  shuffledSubarray,
} from 'fast-check';
import {
  EXECUTION_FACTS,
  ORDER_FACTS,
  PORTFOLIO_ORDER_FACTS,
  withFacts,
} from '../../../src/domain/broker/field-merge';

interface Merged {
  [field: string]: unknown;
  updatedAt?: string;
  reportedAt?: string;
  fieldTimes?: Record<string, string>;
}
interface Report {
  facts: Record<string, string | undefined>;
  time: string;
}

const merge = (row: Merged, { facts, time }: Report): Merged => withFacts(row, ORDER_FACTS, facts, time);
const all = (...reports: Report[]): Merged => reports.reduce(merge, {});

test('each field has the value of the newest report with the field, and only older times are stored', () => {
  const early = { time: '2026-03-01', facts: { side: 'BUY', cashAmount: '1', currency: 'EUR' } };
  const late = { time: '2026-03-02', facts: { side: 'SELL', cashAmount: '2' } };
  const expected = {
    side: 'SELL',
    cashAmount: '2',
    currency: 'EUR',
    updatedAt: '2026-03-02',
    fieldTimes: { currency: '2026-03-01' },
  };
  expect(all(early, late)).toStrictEqual(expected);
  expect(all(late, early)).toStrictEqual(expected);
});

test('the stored time of a field is dropped when a newer report contains it', () => {
  const facts = { side: 'BUY', currency: 'EUR' };
  const reports = [
    { time: '1', facts },
    { time: '2', facts: { side: 'BUY' } },
    { time: '3', facts },
  ];
  expect(all(...reports)).toStrictEqual({ ...facts, updatedAt: '3' });
});

test('a report without a time is older than any with one, and no time is stored where none has one', () => {
  const undated = { time: '', facts: { side: 'BUY', currency: 'EUR' } };
  expect(all(undated)).toStrictEqual(undated.facts);
  const dated = { time: '1', facts: { side: 'SELL' } };
  const expected = { side: 'SELL', currency: 'EUR', updatedAt: '1', fieldTimes: { currency: '' } };
  expect(all(undated, dated)).toStrictEqual(expected);
  expect(all(dated, undated)).toStrictEqual(expected);
});

test('of snapshot statuses at the same time the higher rank wins', () => {
  const snapshot = (status: string) => ({ time: '1', facts: { snapshot: status } });
  expect(all(snapshot('PROCESSING'), snapshot('FILLED')).snapshot).toBe('FILLED');
  expect(all(snapshot('FILLED'), snapshot('PROCESSING')).snapshot).toBe('FILLED');
});

test('fields of a record of older code have the time of its last change', () => {
  const old = { side: 'BUY', currency: 'EUR', updatedAt: '2' };
  expect(merge(old, { time: '1', facts: { side: 'SELL', quantity: '3' } })).toStrictEqual({
    ...old,
    quantity: '3',
    fieldTimes: { quantity: '1' },
  });
});

test('only the fields of this kind of object are merged', () => {
  const report = {
    status: 'NEW',
    id: 'x',
    orders: [],
    at: 'y',
    snapshot: 'NEW',
    settlementDate: '2026-03-04',
    side: 'BUY',
  };
  expect(withFacts({}, ORDER_FACTS, report, '')).toEqual({ side: 'BUY', snapshot: 'NEW' });
  expect(withFacts({}, PORTFOLIO_ORDER_FACTS, report, '')).toEqual({ snapshot: 'NEW' });
  expect(withFacts({}, EXECUTION_FACTS, report, '7')).toEqual({
    side: 'BUY',
    settlementDate: '2026-03-04',
    reportedAt: '7',
  });
});

const texts = option(constantFrom('A', 'B', 'C'), { nil: undefined });
const reportLists = array(
  recordOf({
    time: constantFrom('', '1', '2', '3'),
    facts: recordOf({
      side: texts,
      currency: texts,
      quantity: texts,
      fee: texts,
      snapshot: option(constantFrom('NEW', 'PROCESSING', 'FILLED', 'CANCELLED'), { nil: undefined }),
    }),
  }),
  { maxLength: 8 },
);

test('any order and repetition give the same result: the last report of each field', () => {
  assert(
    property(
      reportLists.chain((reports) =>
        shuffledSubarray([...reports, ...reports], { minLength: reports.length }).map((again) => ({
          reports,
          again,
        })),
      ),
      ({ reports, again }) => {
        const row = all(...reports);
        // Repeated reports change nothing in any order, and the reverse order gives the same result.
        expect(again.reduce(merge, row)).toStrictEqual(row);
        expect(all(...[...reports].reverse())).toStrictEqual(row);
        expect(all(...again, ...reports)).toStrictEqual(row);

        for (const field of ['side', 'currency', 'quantity', 'fee'] as const) {
          const values = reports.flatMap(({ time, facts }) =>
            facts[field] === undefined ? [] : [`${time || '0'}${facts[field]}`],
          );
          expect(row[field]).toBe(values.sort().at(-1)?.slice(-1));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
