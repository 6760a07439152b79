// RFC 3339 with no, two or three fraction digits (references/upvest.md#objects). Errors in the guides are not
// repaired (references/upvest.md#known-inconsistencies no. 3).
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?$/;

/** ISO 8601 in UTC with exactly three fraction digits and `Z`; undefined if `text` is not a time. */
export function readTimestamp(text: string): string | undefined {
  const trimmed = text.trim();
  if (!TIMESTAMP.test(trimmed)) return undefined;
  // Without a zone it is UTC, like all of Upvest's times.
  const parsed = new Date(/[Zz]$|[+-]\d{2}:\d{2}$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar date, `YYYY-MM-DD`; undefined if `text` is not a date. */
export function readDate(text: string): string | undefined {
  return DATE.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}
