/**
 * Calendar dates and wall clock times at a market. Time zones come from `Intl`, so the zone of the process does not matter,
 * and changes of daylight saving rules come with Node.js updates.
 *
 * No function throws. Instants are milliseconds since 1970, up to the year 9999. Malformed input gives `NaN` or an empty
 * date, and every function treats both as malformed input.
 */

/** The payment system in which the cash leg settles; its closing days apply. */
export type Market = 'TARGET' | 'LONDON';

/** Offset of a market's wall clock from UTC at an instant, in milliseconds. */
export type OffsetAt = (market: Market, instant: number) => number;

export const DAY_MS = 86_400_000;

const ZONES: Readonly<Record<Market, string>> = { TARGET: 'Europe/Berlin', LONDON: 'Europe/London' };

const END = Date.UTC(9999, 11, 31);
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** End of a `longOffset` format in these zones: `GMT`, `GMT+00:00`, `GMT+01:00` or `GMT+02:00`. */
const OFFSET = /GMT(?:([+-]\d\d):00)?$/;

/** Created lazily: each takes 30 KB, and every cached workflow has its own copy of this module. */
const formats: Partial<Record<Market, Intl.DateTimeFormat>> = {};

/** The UTC date (`YYYY-MM-DD`) of an instant; empty when the instant is invalid. */
export function dateInUtc(instant: number): string {
  return instant >= 0 && instant <= END ? new Date(instant).toISOString().slice(0, 10) : '';
}

/** Midnight UTC of a date (`YYYY-MM-DD`); `NaN` for an invalid date (`2026-02-30`, `today`). */
export function midnightUtc(date: string): number {
  const midnight = DATE.test(date) ? Date.parse(date) : NaN;
  return dateInUtc(midnight) === date ? midnight : NaN;
}

/** Offset of the market's wall clock from UTC at an instant, in milliseconds, by this process's time zone data. */
export function zoneOffsetAt(market: Market, instant: number): number {
  if (!(instant >= 0 && instant < END)) return NaN;
  const format = (formats[market] ??= new Intl.DateTimeFormat('en-US', {
    timeZone: ZONES[market],
    timeZoneName: 'longOffset',
  }));
  const match = OFFSET.exec(format.format(instant));
  return match === null ? NaN : Number(match[1] ?? 0) * 3_600_000;
}

/** The market's wall clock at an instant, as the instant at which a UTC clock shows the same time. */
export function wallClock(market: Market, instant: number, offsetAt: OffsetAt = zoneOffsetAt): number {
  return instant + offsetAt(market, instant);
}

/**
 * The inverse of {@link wallClock}. For a time that occurs twice, when daylight saving time ends, the first instant; a time
 * that is skipped when it begins is moved forward (02:30 becomes 03:30). Both zones change on Sundays, so this never
 * happens on a trading day.
 */
export function instantOf(market: Market, wall: number, offsetAt: OffsetAt = zoneOffsetAt): number {
  const asBefore = wall - offsetAt(market, wall - DAY_MS);
  const asAfter = wall - offsetAt(market, wall + DAY_MS);
  const isAfter =
    wallClock(market, asBefore, offsetAt) !== wall && wallClock(market, asAfter, offsetAt) === wall;
  return isAfter ? asAfter : asBefore;
}

/** The market's date (`YYYY-MM-DD`) at an instant; empty when the instant is invalid, such as `NaN`. */
export function localDate(market: Market, instant: number, offsetAt: OffsetAt = zoneOffsetAt): string {
  return dateInUtc(wallClock(market, instant, offsetAt));
}

/**
 * The instant of a wall clock time (`18:00`) on a date (`YYYY-MM-DD`) at the market; `NaN` when either is malformed. Accepts
 * any day of the week and years that the calendar does not cover.
 */
export function instantAt(
  market: Market,
  date: string,
  time: string,
  offsetAt: OffsetAt = zoneOffsetAt,
): number {
  const [, hours, minutes] = TIME.exec(time) ?? [];
  return instantOf(market, midnightUtc(date) + (Number(hours) * 60 + Number(minutes)) * 60_000, offsetAt);
}
