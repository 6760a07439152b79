import { randomUUID } from 'node:crypto';

/**
 * JSON with exact integers: those beyond ±(2^53 − 1) become `bigint`, other numbers stay `number`. ESW's `monolithId`
 * is an int64 (references/esw.md#members), which JSON.parse would round.
 *
 * `JSON.parse` and `JSON.stringify` see such integers as strings with a prefix that a client cannot guess.
 */
const prefix = `integer-${randomUUID()}:`;

/** A string or number in valid JSON text; strings come first, so that digits inside them do not match. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Fast check: safe integers have at most 16 digits, and all integers of 15 digits are safe. */
const mayBeUnsafe = /\d{16}/;
const markedInteger = new RegExp(`"${prefix}(-?\\d+)"`, 'g');

/**
 * Parses JSON as `JSON.parse` does.
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!mayBeUnsafe.test(text)) return value;
  const marked = text.replace(stringOrNumber, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${prefix}${token}"` : token,
  );
  return JSON.parse(marked, (_name, member: unknown) =>
    typeof member === 'string' && member.startsWith(prefix) ? BigInt(member.slice(prefix.length)) : member,
  ) as unknown;
}

/** Prints a value as `JSON.stringify` does, and a `bigint` as a JSON number. */
export function stringifyExactJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(
    value,
    (_name, member: unknown) => (typeof member === 'bigint' ? `${prefix}${member}` : member),
    indent,
  );
  return text.replace(markedInteger, '$1');
}
