/** The register of `facts.ts`: the newest telling of a field wins, and the order of arrival means nothing. */
import {
  array,
  assert,
  constantFrom,
  option,
  property,
  record as recordOf,
  shuffledSubarray,
} from 'fast-check';
import { EXECUTION_FACTS, ORDER_FACTS, PORTFOLIO_ORDER_FACTS, withFacts } from '../../src/domain/facts';

interface Row {
  [field: string]: unknown;
  updatedAt?: string;
  toldAt?: string;
  older?: Record<string, string>;
}
interface Told {
  facts: Record<string, string | undefined>;
  time: string;
}

const join = (row: Row, { facts, time }: Told): Row => withFacts(row, ORDER_FACTS, facts, time);
const all = (...told: Told[]): Row => told.reduce(join, {});

test('each field has the value of the newest telling that has it, and only older times are stored', () => {
  const early = { time: '2026-03-01', facts: { side: 'BUY', cashAmount: '1', currency: 'EUR' } };
  const late = { time: '2026-03-02', facts: { side: 'SELL', cashAmount: '2' } };
  const expected = {
    side: 'SELL',
    cashAmount: '2',
    currency: 'EUR',
    updatedAt: '2026-03-02',
    older: { currency: '2026-03-01' },
  };
  expect(all(early, late)).toStrictEqual(expected);
  expect(all(late, early)).toStrictEqual(expected);
});

test('a field that a newer telling has again is not older any more', () => {
  const facts = { side: 'BUY', currency: 'EUR' };
  const told = [
    { time: '1', facts },
    { time: '2', facts: { side: 'BUY' } },
    { time: '3', facts },
  ];
  expect(all(...told)).toStrictEqual({ ...facts, updatedAt: '3' });
});

test('without a time it is older than anything with one, and needs no time where nothing has one', () => {
  const undated = { time: '', facts: { side: 'BUY', currency: 'EUR' } };
  expect(all(undated)).toStrictEqual(undated.facts);
  const dated = { time: '1', facts: { side: 'SELL' } };
  const expected = { side: 'SELL', currency: 'EUR', updatedAt: '1', older: { currency: '' } };
  expect(all(undated, dated)).toStrictEqual(expected);
  expect(all(dated, undated)).toStrictEqual(expected);
});

test('of statuses shown in the same moment the higher rank wins, of other words the greater text', () => {
  const shown = (status: string) => ({ time: '1', facts: { shown: status } });
  expect(all(shown('PROCESSING'), shown('FILLED')).shown).toBe('FILLED');
  expect(all(shown('FILLED'), shown('PROCESSING')).shown).toBe('FILLED');
});

test('a record of older code counts as told at its time of change', () => {
  const old = { side: 'BUY', currency: 'EUR', updatedAt: '2' };
  expect(join(old, { time: '1', facts: { side: 'SELL', quantity: '3' } })).toStrictEqual({
    ...old,
    quantity: '3',
    older: { quantity: '1' },
  });
});

test('only facts of this kind of row are taken', () => {
  const told = {
    status: 'NEW',
    id: 'x',
    orders: [],
    at: 'y',
    shown: 'NEW',
    settlementDate: '2026-03-04',
    side: 'BUY',
  };
  expect(withFacts({}, ORDER_FACTS, told, '')).toEqual({ side: 'BUY', shown: 'NEW' });
  expect(withFacts({}, PORTFOLIO_ORDER_FACTS, told, '')).toEqual({ shown: 'NEW' });
  expect(withFacts({}, EXECUTION_FACTS, told, '7')).toEqual({
    side: 'BUY',
    settlementDate: '2026-03-04',
    toldAt: '7',
  });
});

const words = option(constantFrom('A', 'B', 'C'), { nil: undefined });
const tellings = array(
  recordOf({
    time: constantFrom('', '1', '2', '3'),
    facts: recordOf({
      side: words,
      currency: words,
      quantity: words,
      shown: option(constantFrom('NEW', 'PROCESSING', 'FILLED', 'CANCELLED'), { nil: undefined }),
    }),
  }),
  { maxLength: 8 },
);

test('any order and any repetition end in the same row, which is what was told last of each field', () => {
  assert(
    property(
      tellings.chain((told) =>
        shuffledSubarray([...told, ...told], { minLength: told.length }).map((again) => ({ told, again })),
      ),
      ({ told, again }) => {
        const row = all(...told);
        // Whatever of it comes again, in whichever order, adds nothing; and all of it backwards is the same.
        expect(again.reduce(join, row)).toStrictEqual(row);
        expect(all(...[...told].reverse())).toStrictEqual(row);
        expect(all(...again, ...told)).toStrictEqual(row);

        for (const field of ['side', 'currency', 'quantity'] as const) {
          const of = told.flatMap(({ time, facts }) =>
            facts[field] === undefined ? [] : [`${time || '0'}${facts[field]}`],
          );
          expect(row[field]).toBe(of.sort().at(-1)?.slice(-1));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
