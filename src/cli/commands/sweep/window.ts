/** Options that name a window of time. */
import { InvalidArgumentError } from 'commander';
import { own } from '../../../domain/values/own';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** RFC 3339: without an offset it would mean another time on each machine. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
const MAX_DAYS = 366;

/**
 * The instant, in ISO 8601. A span is counted from the beginning of this minute, so that the same command within it names the same
 * window.
 */
export function instantIn(text: string): string {
  const span = /^(\d{1,6})(m|h|d)$/.exec(text);
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const time = span
    ? minute - Number(span[1]) * (own(UNITS, span[2] ?? '') ?? NaN)
    : INSTANT.test(text)
      ? Date.parse(text)
      : NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('enter a span such as 24h or 7d, or a time such as 2026-11-30T00:00:00Z');
  if (Date.now() - time > MAX_DAYS * 86_400_000)
    throw new InvalidArgumentError(`enter a time of the last ${MAX_DAYS} days`);
  return new Date(time).toISOString();
}

export const FORMATS = ['text', 'json', 'csv'] as const;
export type ReportFormat = (typeof FORMATS)[number];
