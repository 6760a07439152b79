/**
 * Weekdays (`MM-DD`) on which trades do not settle, per market and year. Generated: change
 * `tools/calendar/closed-days.ts` or update date-holidays, and run `npm run calendar`.
 *
 * Derived from date-holidays (https://github.com/commenthol/date-holidays), whose data is licensed CC BY-SA 3.0 by its
 * LICENSE file, CC-BY-3.0 by its package.json, and drawn from https://de.wikipedia.org/wiki/Feiertage_in_Deutschland and
 * https://en.wikipedia.org/wiki/Public_holidays_in_the_United_Kingdom.
 */
export const CLOSED_DAYS = {
  /**
   * Closed on 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December: the long-term calendar that holds
   * from 2002 until further notice (ECB, press release of 14 December 2000).
   * Covered: 2025 to 2035.
   */
  TARGET: {
    2025: ['01-01', '04-18', '04-21', '05-01', '12-25', '12-26'],
    2026: ['01-01', '04-03', '04-06', '05-01', '12-25'],
    2027: ['01-01', '03-26', '03-29'],
    2028: ['04-14', '04-17', '05-01', '12-25', '12-26'],
    2029: ['01-01', '03-30', '04-02', '05-01', '12-25', '12-26'],
    2030: ['01-01', '04-19', '04-22', '05-01', '12-25', '12-26'],
    2031: ['01-01', '04-11', '04-14', '05-01', '12-25', '12-26'],
    2032: ['01-01', '03-26', '03-29'],
    2033: ['04-15', '04-18', '12-26'],
    2034: ['04-07', '04-10', '05-01', '12-25', '12-26'],
    2035: ['01-01', '03-23', '03-26', '05-01', '12-25', '12-26'],
  },
  /**
   * Bank holidays in England with their substitute days, as under the Banking and Financial Dealings Act 1971. Days
   * are moved or added by proclamation, often only months ahead (May 2020, June and September 2022, May 2023): hence
   * the shorter range, and the need to update this file when one is announced.
   * Covered: 2025 to 2030.
   */
  LONDON: {
    2025: ['01-01', '04-18', '04-21', '05-05', '05-26', '08-25', '12-25', '12-26'],
    2026: ['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-28'],
    2027: ['01-01', '03-26', '03-29', '05-03', '05-31', '08-30', '12-27', '12-28'],
    2028: ['01-03', '04-14', '04-17', '05-01', '05-29', '08-28', '12-25', '12-26'],
    2029: ['01-01', '03-30', '04-02', '05-07', '05-28', '08-27', '12-25', '12-26'],
    2030: ['01-01', '04-19', '04-22', '05-06', '05-27', '08-26', '12-25', '12-26'],
  },
};
