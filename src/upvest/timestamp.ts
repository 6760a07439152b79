// Upvest prints no, two or three fraction digits (upvest.md 4), and its guides lose the `T` (6 no. 3).
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[Tt ]?(\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?$/;

/** ISO 8601 in UTC with exactly three fraction digits and `Z`; undefined where `text` is no time. */
export function readTimestamp(text: string): string | undefined {
  const [, date, time, zone] = TIMESTAMP.exec(text.trim()) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const parsed = new Date(`${date}T${time}${zone ?? 'Z'}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}
