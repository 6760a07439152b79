/** Text from outside on a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** On one line and without control characters, which could forge lines or colours: what people wrote is shown as text. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** As {@link plain}, with the lines and indents that the text has. */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${plain(line)}`)
    .join('\n');
}

/** `2026-11-21 04:33:46.505` of an ISO time; what cannot be read as one is shown as it is. */
export function timeOf(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? plain(iso) : new Date(time).toISOString().slice(0, 23).replace('T', ' ');
}

/** `2026-11-21 04:33:46 UTC (in 12 min)`: what people at night need of a deadline. */
export function moment(iso: string, now: number): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? plain(iso) : `${timeOf(iso).slice(0, 19)} UTC (${fromNow(time - now)})`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `in 2 d 3 h`, `5 s ago` or `now`: the two largest units of a time from now, in milliseconds. */
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

/** As one word of a shell's command line. */
export function quoted(text: string): string {
  const word = plain(text);
  return /^[\w.~:@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
