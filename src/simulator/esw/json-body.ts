import { parseExactJson } from './exact-json';

/** A JSON object as parsed, with the member names as sent; integers beyond the safe ones are `bigint`. */
export type JsonObject = Record<string, unknown>;

/** .NET's JSON reader stops here by default; the bound also keeps every recursion over a body shallow. */
const maxDepth = 64;

/** Parses strict JSON (no comments, no trailing commas, valid UTF-8, no byte order mark); a string says what is wrong. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | string {
  if (bytes.length === 0) return 'A non-empty request body is required.';
  let value: unknown;
  try {
    value = parseExactJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return 'The request body is not valid JSON.';
  }
  if (!isJsonObject(value)) return 'The request body must be a JSON object.';
  return isDeeperThan(value, maxDepth) ? `The request body is nested deeper than ${maxDepth} levels.` : value;
}

/** Tells a JSON object from arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member by its camelCase name, found without regard to case as ASP.NET does; of several, the last (2.1). */
export function memberOf(value: unknown, name: string): unknown {
  if (!isJsonObject(value)) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(value).findLast(([given]) => given.toLowerCase() === wanted)?.[1];
}

/**
 * One text for all bodies that mean the same: sorted member names, no white space, numbers as JavaScript prints them
 * (the idea of RFC 8785, and like there `1000.00` equals `1000`), but integers with every digit.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // Not JSON.stringify, which knows no bigint and makes null of a number that overflows.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}
