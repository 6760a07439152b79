/**
 * Closed days and UTC offsets as data. They decide when orders are reconciled and flagged, and so which commands a workflow
 * issues. An order therefore takes those of its start along: a release with other closed days or other time zone rules
 * replays it unchanged.
 */
import { CLOSED_DAYS } from './closed-days';
import { DAY_MS, zoneOffsetAt, type Market } from './market-time';

export interface TradingCalendar {
  /** Weekdays (`MM-DD`) on which a market is closed, by year. A missing year is not covered. */
  closedDays: Record<Market, Partial<Record<string, readonly string[]>>>;
  /** Offsets of a market's wall clock from UTC in milliseconds, each from an instant (milliseconds) on, in order. */
  offsets: Record<Market, readonly (readonly [from: number, offset: number])[]>;
}

// eslint-disable-next-line no-restricted-syntax -- set once, to what is the same for all
let bundled: TradingCalendar | undefined;

/** The closed days of this release, and the offsets of this process's time zone data for the years that they cover. */
export function bundledCalendar(): TradingCalendar {
  bundled ??= {
    closedDays: CLOSED_DAYS,
    offsets: { TARGET: offsetsOf('TARGET'), LONDON: offsetsOf('LONDON') },
  };
  return bundled;
}

function offsetsOf(market: Market): [number, number][] {
  const years = Object.keys(CLOSED_DAYS[market]).map(Number);
  // A year more at both ends: local dates and settlement days of the first and last days reach into them.
  const first = Date.UTC(Math.min(...years) - 1, 0, 1);
  const last = Date.UTC(Math.max(...years) + 2, 0, 1);
  const offsets: [number, number][] = [[first, zoneOffsetAt(market, first)]];
  // Rules never change the offset twice within a week.
  for (let from = first; from < last; from += 7 * DAY_MS) {
    const offset = zoneOffsetAt(market, from + 7 * DAY_MS);
    if (offset === zoneOffsetAt(market, from)) continue;
    let [before, after] = [from, from + 7 * DAY_MS];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (zoneOffsetAt(market, middle) === offset) after = middle;
      else before = middle;
    }
    offsets.push([after, offset]);
  }
  return offsets;
}

/** Offset of the market's wall clock from UTC at an instant, in milliseconds; `NaN` for an invalid instant. */
export function offsetAt({ offsets }: TradingCalendar, market: Market, instant: number): number {
  if (Number.isNaN(instant)) return NaN;
  const known = offsets[market].findLast(([from]) => from <= instant) ?? offsets[market][0];
  return known?.[1] ?? NaN;
}
