// RFC 3339 with no, two or three fraction digits (references/upvest.md#objects). Errors in the guides are not
// repaired (references/upvest.md#known-inconsistencies no. 3).
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?$/;

/** ISO 8601 in UTC with exactly three fraction digits and `Z`; undefined if `text` is not a time. */
export function readTimestamp(text: string): string | undefined {
  const trimmed = text.trim();
  if (!TIMESTAMP.test(trimmed) || readDate(trimmed.slice(0, DATE_LENGTH)) === undefined) return undefined;
  // Without a zone it is UTC, like all of Upvest's times.
  const parsed = new Date(/[Zz]$|[+-]\d{2}:\d{2}$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  if (Number.isNaN(parsed.getTime())) return undefined;
  const time = parsed.toISOString();
  // Times are compared as texts, so that all have four digits of the year.
  return time.length === TIME_LENGTH ? time : undefined;
}

const TIME_LENGTH = '2026-01-01T00:00:00.000Z'.length;
const DATE_LENGTH = '2026-01-01'.length;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar date, `YYYY-MM-DD`; undefined if `text` is not a date that the calendar has. */
export function readDate(text: string): string | undefined {
  if (!DATE.test(text)) return undefined;
  const parsed = new Date(text);
  // The parser takes the 31st of any month for a day of the next one.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) ? text : undefined;
}
