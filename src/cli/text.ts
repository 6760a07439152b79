/** Text from outside on a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** On one line and without control characters, which could forge lines or colours: what people wrote is shown as text. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** `2026-11-21 04:33:46.505` of an ISO time; what cannot be read as one is shown as it is. */
export function timeOf(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? plain(iso) : new Date(time).toISOString().slice(0, 23).replace('T', ' ');
}
