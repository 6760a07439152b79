/** Derives `src/domain/calendar/closed-days.ts` from the library. Not part of the product at run time: the library is large. */
import Holidays from 'date-holidays';
import type { Market } from '../../src/domain/calendar/market-time';

/** Per year the weekdays on which a market is closed, as `MM-DD`, ascending. */
export type ClosedDays = Readonly<Record<string, readonly string[]>>;

interface Source {
  /** First and last year covered. */
  years: readonly [number, number];
  why: readonly string[];
  /** Closed dates of a year (`YYYY-MM-DD`), weekends included. */
  dates: (year: number) => string[];
}

/** The six days as the library writes their rules. */
const TARGET_RULES = ['01-01', 'easter -2', 'easter 1', '05-01', '12-25', '12-26'];

const germany = new Holidays('DE');
const england = new Holidays('GB', 'ENG');

/** All public holidays of a year; a library of whose data something is missing must not pass unnoticed. */
function publicHolidays(
  holidays: Holidays,
  year: number,
  atLeast: number,
  rules?: readonly string[],
): string[] {
  const dates = holidays
    .getHolidays(year)
    .filter(({ type, rule }) => type === 'public' && (rules === undefined || rules.includes(rule)))
    .map(({ date }) => date.slice(0, 10));
  if (dates.length < atLeast)
    throw new Error(`The library has only ${dates.length} of at least ${atLeast} holidays for ${year}.`);
  return dates;
}

const SOURCES: Readonly<Record<Market, Source>> = {
  TARGET: {
    years: [2025, 2035],
    why: [
      'Closed on 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December: the long-term calendar that holds',
      'from 2002 until further notice (ECB, press release of 14 December 2000).',
    ],
    dates: (year) => publicHolidays(germany, year, TARGET_RULES.length, TARGET_RULES),
  },
  LONDON: {
    years: [2025, 2030],
    why: [
      'Bank holidays in England with their substitute days, as under the Banking and Financial Dealings Act 1971. Days',
      'are moved or added by proclamation, often only months ahead (May 2020, June and September 2022, May 2023): hence',
      'the shorter range, and the need to update this file when one is announced.',
    ],
    dates: (year) => publicHolidays(england, year, 8),
  },
};

function isWeekday(date: string): boolean {
  return ![0, 6].includes(new Date(date).getUTCDay());
}

function yearsOf([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** What the library says about all covered years of a market. */
export function closedDays(market: Market): ClosedDays {
  const { years, dates } = SOURCES[market];
  const closed = (year: number): string[] =>
    dates(year)
      .filter(isWeekday)
      .map((date) => date.slice(5))
      .sort();
  return Object.fromEntries(yearsOf(years).map((year) => [year, closed(year)]));
}

function renderMarket(market: Market): string {
  const { years, why } = SOURCES[market];
  const rows = Object.entries(closedDays(market)).map(
    ([year, days]) => `    ${year}: [${days.map((day) => `'${day}'`).join(', ')}],`,
  );
  const comment = [...why, `Covered: ${years.join(' to ')}.`].map((line) => `   * ${line}`);
  return ['  /**', ...comment, '   */', `  ${market}: {`, ...rows, '  },'].join('\n');
}

/** The whole text of `src/domain/calendar/closed-days.ts`, formatted as prettier would. */
export function renderCalendarData(): string {
  return `/**
 * Weekdays (\`MM-DD\`) on which trades do not settle, per market and year. Generated: change
 * \`tools/calendar/closed-days.ts\` or update date-holidays, and run \`npm run calendar\`.
 *
 * Derived from date-holidays (https://github.com/commenthol/date-holidays), whose data is licensed CC BY-SA 3.0 by its
 * LICENSE file, CC-BY-3.0 by its package.json, and drawn from https://de.wikipedia.org/wiki/Feiertage_in_Deutschland and
 * https://en.wikipedia.org/wiki/Public_holidays_in_the_United_Kingdom.
 */
export const CLOSED_DAYS = {
${renderMarket('TARGET')}
${renderMarket('LONDON')}
};
`;
}
