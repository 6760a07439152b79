/** Counting trading days. Expected values are worked out manually. */
import { array, assert, constantFrom, date as anyDate, integer, oneof, property, string } from 'fast-check';
import {
  addTradingDays,
  isTradingDay,
  laterByTradingDays,
  marketOf,
  settlementDays,
  STANDARD_CYCLES,
  type Market,
} from '../../../src/domain/calendar/trading-days';

const markets = constantFrom<Market>('TARGET', 'LONDON');

/** Dates that keep all counts in these tests within the years that both markets cover. */
const dates = anyDate({
  min: new Date('2025-01-01T00:00:00Z'),
  max: new Date('2029-12-31T00:00:00Z'),
  noInvalidDate: true,
}).map((day) => day.toISOString().slice(0, 10));

const MALFORMED = [
  '',
  'garbage',
  '2026-13-45',
  '2026-02-29',
  '2026-02-30',
  '2026-04-31',
  '2026-00-10',
  '2026-1-5',
  '20260105',
  '2026-01-05T00:00:00Z',
  ' 2026-01-05',
  '2026-01-05\n',
  '+002026-01-05',
  '-2026-01-05',
  '２０２６-01-05',
  '0000-01-01',
  '1969-12-31',
  'null',
];

test.each([
  ['EUR', 'TARGET'],
  ['GBP', 'LONDON'],
  ['USD', undefined],
  ['eur', 'TARGET'],
  ['constructor', undefined],
  ['', undefined],
  [undefined, undefined],
])('the market of %j is %j (14.56)', (currency, market) => {
  expect(marketOf(currency)).toBe(market);
});

describe('isTradingDay', () => {
  test.each<[Market, string, boolean, string]>([
    ['TARGET', '2026-11-20', true, 'a Friday'],
    ['TARGET', '2026-11-21', false, 'a Saturday'],
    ['TARGET', '2026-11-22', false, 'a Sunday'],
    ['TARGET', '2026-05-01', false, 'Labour Day'],
    ['LONDON', '2026-05-01', true, 'Labour Day is none in London'],
    ['TARGET', '2026-05-04', true, 'a bank holiday in England only'],
    ['LONDON', '2026-05-04', false, 'early May bank holiday'],
    ['TARGET', '2026-12-28', true, 'no substitute days at TARGET'],
    ['LONDON', '2026-12-28', false, 'substitute for Boxing Day, a Saturday'],
    ['TARGET', '2027-12-27', true, 'no substitute days at TARGET'],
    ['LONDON', '2027-12-27', false, 'substitute for Christmas Day, a Saturday'],
    ['LONDON', '2027-12-28', false, 'substitute for Boxing Day, a Sunday'],
    ['LONDON', '2028-01-03', false, "substitute for New Year's Day, a Saturday"],
    ['TARGET', '2028-01-03', true, 'no substitute days at TARGET'],
    ['TARGET', '2026-10-03', false, 'a Saturday; German Unity Day is not a closing day'],
    ['TARGET', '2025-10-03', true, 'German Unity is no closing day'],
    ['TARGET', '2026-05-14', true, 'Ascension is no closing day'],
    ['TARGET', '2026-05-25', true, 'Whit Monday is no closing day'],
    ['TARGET', '2026-12-24', true, 'Christmas Eve'],
    ['TARGET', '2028-02-29', true, 'a leap day, a Tuesday'],
  ])('%s on %s: %j (%s)', (market, date, expected) => {
    expect(isTradingDay(market, date)).toBe(expected);
  });

  test.each<[Market, string]>([
    ['TARGET', '2024-12-31'],
    ['TARGET', '2036-01-01'],
    ['TARGET', '9999-12-31'],
    ['LONDON', '2024-12-31'],
    ['LONDON', '2031-01-01'],
  ])('%s on %s is not known, weekend or not', (market, date) => {
    expect(isTradingDay(market, date)).toBeUndefined();
  });

  test.each<[Market, string, boolean]>([
    ['TARGET', '2025-01-01', false],
    ['TARGET', '2035-12-31', true],
    ['LONDON', '2025-01-02', true],
    ['LONDON', '2030-12-31', true],
  ])('%s on %s, at the edge of what is covered: %j', (market, date, expected) => {
    expect(isTradingDay(market, date)).toBe(expected);
  });
});

describe('addTradingDays', () => {
  test.each<[Market, string, number, string, string]>([
    ['TARGET', '2026-11-16', 1, '2026-11-17', 'Monday to Tuesday'],
    ['TARGET', '2026-11-16', 2, '2026-11-18', 'Monday to Wednesday'],
    ['TARGET', '2026-11-19', 2, '2026-11-23', 'Thursday to Monday'],
    ['TARGET', '2026-11-20', 2, '2026-11-24', 'Friday to Tuesday'],
    ['TARGET', '2026-11-21', 1, '2026-11-23', 'from a Saturday'],
    ['TARGET', '2026-11-22', 2, '2026-11-24', 'from a Sunday'],
    ['TARGET', '2026-11-20', 0, '2026-11-20', 'a trading day itself'],
    ['TARGET', '2026-11-21', 0, '2026-11-23', 'from a Saturday, none needed'],
    ['TARGET', '2026-04-03', 0, '2026-04-07', 'from Good Friday over Easter Monday'],
    ['TARGET', '2026-04-01', 2, '2026-04-07', 'Wednesday before Easter'],
    ['TARGET', '2026-04-02', 2, '2026-04-08', 'Maundy Thursday'],
    ['LONDON', '2026-04-02', 2, '2026-04-08', 'Maundy Thursday'],
    ['TARGET', '2026-04-30', 1, '2026-05-04', 'over Labour Day and a weekend'],
    ['LONDON', '2026-04-30', 2, '2026-05-05', 'over the early May bank holiday'],
    ['TARGET', '2026-12-23', 2, '2026-12-28', 'over Christmas'],
    ['LONDON', '2026-12-23', 2, '2026-12-29', 'over Christmas with a substitute day'],
    ['LONDON', '2027-12-24', 1, '2027-12-29', 'over four days off'],
    ['TARGET', '2026-12-31', 1, '2027-01-04', 'over a year end'],
    ['LONDON', '2027-12-31', 1, '2028-01-04', 'over a year end with a substitute day'],
    ['TARGET', '2028-02-28', 1, '2028-02-29', 'onto a leap day'],
    ['TARGET', '2025-12-31', 256, '2026-12-31', 'over a whole year'],
    ['TARGET', '2024-12-31', 1, '2025-01-02', 'the date itself need not be covered'],
  ])('%s: %s and %d more is %s (%s)', (market, date, n, expected) => {
    expect(addTradingDays(market, date, n)).toBe(expected);
  });

  test.each<[Market, string, number]>([
    ['TARGET', '2024-12-30', 1],
    ['TARGET', '2024-12-31', 0],
    ['TARGET', '2035-12-31', 1],
    ['TARGET', '2035-12-28', 2],
    ['TARGET', '2026-01-01', 1_000_000],
    ['TARGET', '9999-12-31', 1],
    ['LONDON', '2030-12-31', 1],
    ['LONDON', '2031-06-02', 0],
  ])('%s: %s and %d more leaves what is covered', (market, date, n) => {
    expect(addTradingDays(market, date, n)).toBeUndefined();
  });

  test.each([-1, 0.5, NaN, Infinity, -Infinity])('%d is not a number of days', (n) => {
    expect(addTradingDays('TARGET', '2026-11-20', n)).toBeUndefined();
  });

  test('adding a and then b is adding both', () => {
    const count = integer({ min: 1, max: 60 });
    assert(
      property(markets, dates, count, count, (market, date, a, b) => {
        const first = addTradingDays(market, date, a) ?? '';
        expect(addTradingDays(market, first, b)).toBe(addTradingDays(market, date, a + b));
      }),
    );
  });

  test('there are n trading days up to the nth, which is a trading day', () => {
    assert(
      property(markets, dates, integer({ min: 1, max: 40 }), (market, date, n) => {
        const nth = addTradingDays(market, date, n) ?? '';
        let trading = 0;
        for (let day = Date.parse(date) + 86_400_000; day <= Date.parse(nth); day += 86_400_000)
          if (isTradingDay(market, new Date(day).toISOString().slice(0, 10)) === true) trading += 1;
        expect(trading).toBe(n);
        expect(isTradingDay(market, nth)).toBe(true);
      }),
    );
  });

  test('n = 0 is the date itself or the next trading day', () => {
    assert(
      property(markets, dates, (market, date) => {
        const expected = isTradingDay(market, date) === true ? date : addTradingDays(market, date, 1);
        expect(addTradingDays(market, date, 0)).toBe(expected);
      }),
    );
  });
});

describe('malformed input', () => {
  test.each(MALFORMED)('%j is not a date', (text) => {
    expect(isTradingDay('TARGET', text)).toBeUndefined();
    expect(addTradingDays('LONDON', text, 0)).toBeUndefined();
    expect(addTradingDays('LONDON', text, 1)).toBeUndefined();
    expect(settlementDays(STANDARD_CYCLES, text)).toBe(2);
  });

  test('no function throws for any text', () => {
    const digits = array(constantFrom('-', '0', '1', '2', '3', '6', '9'), { maxLength: 12 }).map((all) =>
      all.join(''),
    );
    assert(
      property(markets, oneof(string(), digits), integer(), (market, text, n) => {
        isTradingDay(market, text);
        addTradingDays(market, text, n);
        settlementDays([], text);
        laterByTradingDays(market, Date.parse(text), n);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('settlementDays', () => {
  test.each([
    ['2026-11-20', 2, '2026-11-24'],
    ['2027-10-08', 2, '2027-10-12'],
    ['2027-10-10', 2, '2027-10-12'],
    ['2027-10-11', 1, '2027-10-12'],
    ['2027-10-12', 1, '2027-10-13'],
    ['2030-01-02', 1, '2030-01-03'],
  ])('a trade on %s settles after %d days, on %s', (date, days, settled) => {
    expect(settlementDays(STANDARD_CYCLES, date)).toBe(days);
    expect(addTradingDays('TARGET', date, days)).toBe(settled);
    expect(addTradingDays('LONDON', date, days)).toBe(settled);
  });

  test('the latest cycle applies, regardless of the order of the list', () => {
    const cycles = [{ from: '2027-10-11', days: 1 }, { days: 3 }, { from: '2026-01-01', days: 2 }];
    for (const listed of [cycles, [...cycles].reverse()]) {
      expect(settlementDays(listed, '2025-12-31')).toBe(3);
      expect(settlementDays(listed, '2026-01-01')).toBe(2);
      expect(settlementDays(listed, '2027-10-11')).toBe(1);
      expect(settlementDays(listed, 'garbage')).toBe(3);
    }
  });

  test('the standard cycles apply where the list has none', () => {
    expect(settlementDays([], '2026-11-20')).toBe(2);
    expect(settlementDays([], '2027-10-11')).toBe(1);
    expect(settlementDays([{ from: '2027-01-01', days: 0 }], '2026-11-20')).toBe(2);
    expect(settlementDays([{ from: '2027-01-01', days: 0 }], '2027-01-04')).toBe(0);
  });
});
