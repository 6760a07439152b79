/** Times and days in queries. Days are those of Europe/Berlin. */
import { z } from 'zod';
import { DAY_MS, instantAt, midnightUtc } from '../../domain/calendar/market-time';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** RFC 3339: without an offset it would mean another time on each machine. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
const MOMENT = 'must be a date such as 2026-03-02, or a time with its offset such as 2026-03-02T09:30:00Z';
const DAY = 'must be a date such as 2026-03-02';

/** Beyond it, PostgreSQL and calendars have no dates that a query means. */
const FIRST_YEAR = '1970';

export function nextDay(day: string): string {
  return new Date(midnightUtc(day) + DAY_MS).toISOString().slice(0, 10);
}

/** The instant in ISO 8601; undefined for text that is no time. */
function instantIn(text: string, isEnd: boolean): string | undefined {
  const [, date] = INSTANT.exec(text) ?? [];
  const isDate = DATE.test(text);
  const day = isDate ? text : date;
  if (day === undefined || day < FIRST_YEAR || Number.isNaN(midnightUtc(day))) return undefined;
  const at = isDate ? instantAt('TARGET', isEnd ? nextDay(text) : text, '00:00') : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function moment(what: string, isEnd: boolean): z.ZodType<string | undefined, string | undefined> {
  return z
    .string({ error: MOMENT })
    .transform((text, context) => {
      const instant = instantIn(text, isEnd);
      if (instant === undefined) context.addIssue({ code: 'custom', message: MOMENT });
      return instant ?? z.NEVER;
    })
    .optional()
    .meta({ description: what, format: undefined, examples: ['2026-03-02', '2026-03-02T09:30:00Z'] });
}

/** Begins a range: that time, or the first instant of that day. */
export const momentFrom = (what: string): ReturnType<typeof moment> =>
  moment(`${what}, from that day or time on`, false);
/** Ends a range: before that time, or the last instant of that day. */
export const momentTo = (what: string): ReturnType<typeof moment> =>
  moment(`${what}, to the end of that day, or before that time`, true);

export const day = (what: string): z.ZodType<string, string> =>
  z
    .string({ error: DAY })
    .regex(DATE, { error: DAY, abort: true })
    .refine((text) => text >= FIRST_YEAR && !Number.isNaN(midnightUtc(text)), DAY)
    .meta({ description: what, format: 'date', pattern: undefined, examples: ['2026-03-02'] });
