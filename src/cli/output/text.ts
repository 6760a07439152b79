/** Formats untrusted text, times and shell words for a terminal. */
import type { Partner } from '../../domain/views/partner-trouble';
import { stripVTControlCharacters } from 'node:util';

/** Puts text on one line and removes control characters, which could forge lines or colours. */
export function sanitized(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Same as {@link sanitized}, but keeps lines and indents. */
export function sanitizedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${sanitized(line)}`)
    .join('\n');
}

/** `2026-11-21 04:33:46.505` for an ISO time; any other text as it is, sanitized. */
export function timeOf(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? sanitized(iso) : new Date(time).toISOString().slice(0, 23).replace('T', ' ');
}

/** `2026-11-21 04:33:46 UTC (in 12 min)`. */
export function moment(iso: string, now: number): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? sanitized(iso) : `${timeOf(iso).slice(0, 19)} UTC (${fromNow(time - now)})`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `in 2 d 3 h`, `5 s ago` or `now`: the two largest units. @param ms from now */
export function fromNow(ms: number): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  if (parts.length === 0) return 'now';
  return ms > 0 ? `in ${parts.join(' ')}` : `${parts.join(' ')} ago`;
}

/** Quotes text as one word of a shell command line. */
export function quoted(text: string): string {
  const word = sanitized(text);
  return /^[\w.~:@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function partnerName(partner: Partner): string {
  return partner === 'esw' ? 'ESW' : 'Upvest';
}
