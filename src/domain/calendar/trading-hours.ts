/**
 * Trading time: the hours of a market's trading days in which its exchange trades. Pure, and never throws; see
 * `market-time.ts` for invalid input.
 */
import { DAY_MS, dateInUtc, instantAt, localDate, midnightUtc, type Market } from './market-time';
import { isTradingDay, type CalendarSource } from './trading-days';

/** When a market opens and closes, by its wall clock (`09:00`). */
export type TradingHours = Readonly<Record<Market, { opens: string; closes: string }>>;

/**
 * The instant at which so much trading time has passed since `from`; all in milliseconds. Time outside trading hours does not
 * count, so a wait that begins on a Saturday begins to count when the market opens on Monday. `undefined` when a day in
 * between is in a year without data.
 */
export function laterByTradingTime(
  market: Market,
  from: number,
  tradingMs: number,
  hours: TradingHours,
  { closedDays, offsetAt }: CalendarSource = {},
): number | undefined {
  const { opens, closes } = hours[market];
  let left = tradingMs;
  // Ends at the latest after the last covered year.
  for (let date = localDate(market, from, offsetAt); ; date = dateInUtc(midnightUtc(date) + DAY_MS)) {
    const isTrading = isTradingDay(market, date, closedDays);
    if (isTrading === undefined) return undefined;
    const start = Math.max(from, instantAt(market, date, opens, offsetAt));
    const available = instantAt(market, date, closes, offsetAt) - start;
    if (!isTrading || available <= 0) continue;
    if (left <= available) return start + left;
    left -= available;
  }
}
