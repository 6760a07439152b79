/**
 * Checks the committed closed days against the library that they come from, and independently against the six days of the
 * ECB's long-term calendar (press release of 14 December 2000) and the bank holidays listed on gov.uk.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedDays, renderCalendarData } from '../../../tools/calendar/closed-days';
import { isTradingDay, type Market } from '../../../src/domain/calendar/trading-days';
import { CLOSED_DAYS } from '../../../src/domain/calendar/closed-days';

const DAY = 86_400_000;
const file = join(__dirname, '../../../src/domain/calendar/closed-days.ts');

function isoDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** Anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8): midnight UTC of Easter Sunday. */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const sum = h + l - 7 * m;
  const month = Math.floor((sum + 90) / 25);
  return Date.UTC(year, month - 1, (sum + 33 * month + 19) % 32);
}

function closedWeekdays(market: Market, year: number): string[] {
  const closed: string[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY) {
    const weekday = new Date(day).getUTCDay();
    const trading = isTradingDay(market, isoDate(day));
    if (weekday === 0 || weekday === 6) expect([isoDate(day), trading]).toEqual([isoDate(day), false]);
    else if (trading !== true) closed.push(isoDate(day));
  }
  return closed;
}

const targetYears = Array.from({ length: 11 }, (_, index) => 2025 + index);
const londonYears = Array.from({ length: 6 }, (_, index) => 2025 + index);

describe('the data file', () => {
  test('equals the output of npm run calendar', () => {
    expect(readFileSync(file, 'utf8')).toBe(renderCalendarData());
  });

  test('equals the data of the library', () => {
    expect(CLOSED_DAYS).toEqual({ TARGET: closedDays('TARGET'), LONDON: closedDays('LONDON') });
  });

  test('covers 2025 to 2035 for TARGET, and 2025 to 2030 for London', () => {
    expect(Object.keys(CLOSED_DAYS.TARGET)).toEqual(targetYears.map(String));
    expect(Object.keys(CLOSED_DAYS.LONDON)).toEqual(londonYears.map(String));
  });
});

test.each([
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2027, '2027-03-28'],
  [2035, '2035-03-25'],
  [2038, '2038-04-25'],
])("this test's own Easter of %d is %s", (year, date) => {
  expect(isoDate(easter(year))).toBe(date);
});

test.each(targetYears)('in %d TARGET is closed exactly on the six days and on weekends', (year) => {
  const six = [
    Date.UTC(year, 0, 1),
    easter(year) - 2 * DAY,
    easter(year) + DAY,
    Date.UTC(year, 4, 1),
    Date.UTC(year, 11, 25),
    Date.UTC(year, 11, 26),
  ];
  const weekdays = six.filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
  expect(closedWeekdays('TARGET', year)).toEqual(weekdays.map(isoDate).sort());
});

/** https://www.gov.uk/bank-holidays, England and Wales. */
const BANK_HOLIDAYS: Readonly<Record<number, readonly string[]>> = {
  2025: ['01-01', '04-18', '04-21', '05-05', '05-26', '08-25', '12-25', '12-26'],
  2026: ['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-28'],
  2027: ['01-01', '03-26', '03-29', '05-03', '05-31', '08-30', '12-27', '12-28'],
};

test.each(Object.entries(BANK_HOLIDAYS))(
  'in %s London is closed exactly on the bank holidays and on weekends',
  (year, days) => {
    expect(closedWeekdays('LONDON', Number(year))).toEqual(days.map((day) => `${year}-${day}`));
  },
);

test.each(londonYears)('London has eight bank holidays on weekdays in %d', (year) => {
  expect(closedWeekdays('LONDON', year)).toHaveLength(8);
});
