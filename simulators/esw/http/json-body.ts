import { parseExactJson } from './exact-json';

/** A parsed JSON object with member names as sent; unsafe integers are `bigint`. */
export type JsonObject = Record<string, unknown>;

/** Default limit of .NET's JSON reader; it also bounds every recursion over a body. */
const maxDepth = 64;

/** Parses strict JSON (no comments, no trailing commas, valid UTF-8, no byte order mark); returns a message if it is invalid. */
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

/** Whether a value is a JSON object, not an array, null or scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Finds a member by its camelCase name, case-insensitive as in ASP.NET; the last one wins
 * (references/esw.md#value-forms).
 */
export function memberOf(value: unknown, name: string): unknown {
  if (!isJsonObject(value)) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(value).findLast(([given]) => given.toLowerCase() === wanted)?.[1];
}

/**
 * Canonical JSON for comparing bodies: sorted member names, no white space, numbers as JavaScript prints them (similar to
 * RFC 8785, so `1000.00` equals `1000`), but exact integers.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // Not JSON.stringify, which does not support bigint and turns overflowing numbers into null.
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
