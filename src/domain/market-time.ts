/**
 * Calendar dates and wall clock times at a market. `Intl` knows the zones, so the zone of the process does not matter,
 * and a changed law of summer time comes with a newer Node.js.
 *
 * Nothing here throws. Instants are milliseconds since 1970, up to the year 9999. What is malformed ends as it does in
 * JavaScript's own dates, as `NaN`, or as an empty date, which every function here takes for malformed in turn.
 */

/** Whose closing days count: those of the system in which the cash leg settles. */
export type Market = 'TARGET' | 'LONDON';

export const DAY_MS = 86_400_000;

const ZONES: Readonly<Record<Market, string>> = { TARGET: 'Europe/Berlin', LONDON: 'Europe/London' };

const END = Date.UTC(9999, 11, 31);
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** What `longOffset` ends with in these zones: `GMT`, `GMT+00:00`, `GMT+01:00` or `GMT+02:00`. */
const OFFSET = /GMT(?:([+-]\d\d):00)?$/;

/** Made when first asked for: each takes 30 KB, and every cached workflow has this module to itself. */
const formats: Partial<Record<Market, Intl.DateTimeFormat>> = {};

/** The date (`YYYY-MM-DD`) on which an instant falls in UTC; empty when it is none. */
export function dateInUtc(instant: number): string {
  return instant >= 0 && instant <= END ? new Date(instant).toISOString().slice(0, 10) : '';
}

/** Midnight UTC of a date (`YYYY-MM-DD`); `NaN` when there is no such date (`2026-02-30`, `today`). */
export function midnightUtc(date: string): number {
  const midnight = DATE.test(date) ? Date.parse(date) : NaN;
  return dateInUtc(midnight) === date ? midnight : NaN;
}

/** What to add to UTC for the market's wall clock at an instant, in milliseconds. */
function offsetAt(market: Market, instant: number): number {
  if (!(instant >= 0 && instant < END)) return NaN;
  const format = (formats[market] ??= new Intl.DateTimeFormat('en-US', {
    timeZone: ZONES[market],
    timeZoneName: 'longOffset',
  }));
  const match = OFFSET.exec(format.format(instant));
  return match === null ? NaN : Number(match[1] ?? 0) * 3_600_000;
}

/** What the clock at the market shows at an instant, written as the instant at which a clock in UTC shows the same. */
export function wallClock(market: Market, instant: number): number {
  return instant + offsetAt(market, instant);
}

/**
 * The instant at which the clock at the market shows what {@link wallClock} gave. Where summer time ends, the first of
 * both; where it begins, a time that is left out counts on from before (02:30 is 03:30). Both zones change on Sundays,
 * so no trading day has such a time.
 */
export function instantOf(market: Market, wall: number): number {
  const asBefore = wall - offsetAt(market, wall - DAY_MS);
  const asAfter = wall - offsetAt(market, wall + DAY_MS);
  return wallClock(market, asBefore) !== wall && wallClock(market, asAfter) === wall ? asAfter : asBefore;
}

/** The date (`YYYY-MM-DD`) at the market at an instant; empty when that is none, such as `NaN`. */
export function localDate(market: Market, instant: number): string {
  return dateInUtc(wallClock(market, instant));
}

/**
 * The instant of a wall clock time (`18:00`) on a date (`YYYY-MM-DD`) at the market, on any day of the week, whether
 * the calendar covers the year or not; `NaN` when either is malformed.
 */
export function instantAt(market: Market, date: string, time: string): number {
  const [, hours, minutes] = TIME.exec(time) ?? [];
  return instantOf(market, midnightUtc(date) + (Number(hours) * 60 + Number(minutes)) * 60_000);
}
