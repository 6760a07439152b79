// RFC 3339 with no, two or three fraction digits (upvest.md 4). What the guides misprint is not repaired (6 no. 3).
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?$/;

/** ISO 8601 in UTC with exactly three fraction digits and `Z`; undefined where `text` is no time. */
export function readTimestamp(text: string): string | undefined {
  const trimmed = text.trim();
  if (!TIMESTAMP.test(trimmed)) return undefined;
  // Without a zone it is UTC, as all of Upvest's times are.
  const parsed = new Date(/[Zz]$|[+-]\d{2}:\d{2}$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar date without a time, `YYYY-MM-DD`; undefined where `text` is none. */
export function readDate(text: string): string | undefined {
  return DATE.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}
