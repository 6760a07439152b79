import { randomUUID } from 'node:crypto';

/**
 * JSON whose integers keep every digit: those beyond ±(2^53 − 1) are `bigint`, all other numbers as usual. ESW's
 * `monolithId` is an int64 (esw-order-event.md 2.2), which JavaScript's own parser would round.
 *
 * Such integers travel through `JSON.parse` and `JSON.stringify` as strings with a mark that nobody outside can guess.
 */
const mark = `integer-${randomUUID()}:`;

/** A string or a number of a JSON text that is known to be valid; strings first, so that digits in them are left alone. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Cheap first look: no safe integer has more than 16 digits, and none of 15 is unsafe. */
const perhapsUnsafe = /\d{16}/;
const markedInteger = new RegExp(`"${mark}(-?\\d+)"`, 'g');

/**
 * Parses JSON as `JSON.parse` does.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!perhapsUnsafe.test(text)) return value;
  const marked = text.replace(stringOrNumber, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_name, member: unknown) =>
    typeof member === 'string' && member.startsWith(mark) ? BigInt(member.slice(mark.length)) : member,
  ) as unknown;
}

/** Prints a value as `JSON.stringify` does, a `bigint` as the digits of a JSON number. */
export function stringifyExactJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(
    value,
    (_name, member: unknown) => (typeof member === 'bigint' ? `${mark}${member}` : member),
    indent,
  );
  return text.replace(markedInteger, '$1');
}
