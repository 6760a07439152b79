/**
 * Trading days and settlement cycles. Pure: the closed days are data (`closed-days.ts`).
 *
 * Exchanges have additional closing days (Xetra on 24 and 31 December, when TARGET is open), which are ignored: a deadline
 * then comes a day early, and all it does is to reconcile with Upvest.
 *
 * No function throws. The result is `undefined` when a date is malformed or its year is not covered.
 */
import { currencyCode } from '../values/currency';
import { CLOSED_DAYS } from './closed-days';
import { DAY_MS, dateInUtc, instantOf, midnightUtc, wallClock } from './market-time';
import type { Market, OffsetAt } from './market-time';
import type { TradingCalendar } from './trading-calendar';
import { own } from '../values/own';

export { instantAt, localDate } from './market-time';
export type { Market } from './market-time';

/** Where closed days and offsets come from; absent members are those of this release and process. */
export interface CalendarSource {
  closedDays?: ClosedDays | undefined;
  offsetAt?: OffsetAt | undefined;
}

const SUNDAY = 0;
const SATURDAY = 6;

/** EUR → TARGET, GBP → LONDON, in any spelling; `undefined` for any other currency. */
export function marketOf(currency: string | undefined): Market | undefined {
  const code = currencyCode(currency ?? '');
  if (code === 'EUR') return 'TARGET';
  return code === 'GBP' ? 'LONDON' : undefined;
}

type ClosedDays = TradingCalendar['closedDays'];

/** True when trades settle on a date (`YYYY-MM-DD`); `undefined` when it is malformed or in a year without data. */
export function isTradingDay(
  market: Market,
  date: string,
  closedDays: ClosedDays = CLOSED_DAYS,
): boolean | undefined {
  const midnight = midnightUtc(date);
  if (Number.isNaN(midnight)) return undefined;
  const closed = own(closedDays[market], date.slice(0, 4));
  if (closed === undefined) return undefined;
  const weekday = new Date(midnight).getUTCDay();
  return weekday !== SATURDAY && weekday !== SUNDAY && !closed.includes(date.slice(5));
}

/**
 * The nth trading day after a date, both `YYYY-MM-DD`. With n = 0 the date itself when it is a trading day, else the next
 * one. `undefined` when the date is malformed, n is not a whole number from 0, or a day in between is in a year without data.
 */
export function addTradingDays(
  market: Market,
  date: string,
  n: number,
  closedDays: ClosedDays = CLOSED_DAYS,
): string | undefined {
  const start = midnightUtc(date);
  if (Number.isNaN(start) || !Number.isInteger(n) || n < 0) return undefined;
  let left = Math.max(1, n);
  // Ends at the latest after the last covered year.
  for (let day = n === 0 ? start : start + DAY_MS; ; day += DAY_MS) {
    const candidate = dateInUtc(day);
    const trading = isTradingDay(market, candidate, closedDays);
    if (trading === undefined) return undefined;
    if (trading) left -= 1;
    if (left === 0) return candidate;
  }
}

/**
 * The same wall clock time n trading days after an instant (milliseconds), counted by {@link addTradingDays}: with n = 0
 * the instant itself on a trading day. `undefined` in the same cases, and when the instant is invalid.
 */
export function laterByTradingDays(
  market: Market,
  instant: number,
  n: number,
  { closedDays, offsetAt }: CalendarSource = {},
): number | undefined {
  const wall = wallClock(market, instant, offsetAt);
  const date = addTradingDays(market, dateInUtc(wall), n, closedDays);
  return date === undefined ? undefined : instantOf(market, midnightUtc(date) + (wall % DAY_MS), offsetAt);
}

/** Trading days from trade to settlement, for trades from a date (`YYYY-MM-DD`) on; without a date for all trades. */
export interface SettlementCycle {
  from?: string;
  days: number;
}

/**
 * T+2 (references/upvest.md#known-inconsistencies no. 20), and T+1 for trades from 11 October 2027, in the EU (article
 * 5(2) of Regulation (EU) 909/2014 as amended on the proposal COM(2025) 38) and in the UK alike (HM Treasury, policy
 * note "Mandating T+1 settlement in the UK").
 */
export const STANDARD_CYCLES: readonly SettlementCycle[] = [{ days: 2 }, { from: '2027-10-11', days: 1 }];

/**
 * Trading days between a trade (`YYYY-MM-DD`) and its settlement, by the latest cycle that covers the date, regardless of
 * the order of the list; by the standard cycles where none does. A malformed date counts as one before all cycles.
 */
export function settlementDays(cycles: readonly SettlementCycle[], tradeDate: string): number {
  const date = Number.isNaN(midnightUtc(tradeDate)) ? '' : tradeDate;
  return cycleOf(cycles, date)?.days ?? cycleOf(STANDARD_CYCLES, date)?.days ?? 2;
}

function cycleOf(cycles: readonly SettlementCycle[], date: string): SettlementCycle | undefined {
  return cycles
    .filter(({ from = '' }) => from <= date)
    .reduce<SettlementCycle | undefined>(
      (last, cycle) => ((cycle.from ?? '') >= (last?.from ?? '') ? cycle : last),
      undefined,
    );
}
