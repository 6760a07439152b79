/** Schemas of environment variables. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const text = z.string({ error: 'is missing' }).min(1, 'is empty');
export const url = text.refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'must be an http(s) URL',
);

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `60s`; undefined for other text. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined;
}

/** Text parsed by `read`, which returns undefined for invalid text. */
export function readAs<T>(read: (text: string) => T | undefined, message: string): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue(message);
    return z.NEVER;
  });
}

export const A_DURATION = 'must be a duration such as 500ms, 60s, 15m, 2h or 1d';

/** A duration such as `60s` or `15m`, as milliseconds. */
export function duration(standard: string): z.ZodType<number, string | undefined> {
  return z.string().default(standard).pipe(readAs(durationOf, A_DURATION));
}

const SIZES = { MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** A size of memory such as `2GiB`, as bytes; undefined for `auto`, which is the default. */
export function memorySize(min: number): z.ZodType<{ bytes: number | undefined }, string | undefined> {
  const read = (given: string): { bytes: number | undefined } | undefined => {
    if (given === 'auto') return { bytes: undefined };
    const match = /^(\d{1,9})(MiB|GiB)$/.exec(given);
    const bytes = match ? Number(match[1]) * SIZES[match[2] as keyof typeof SIZES] : 0;
    return bytes >= min ? { bytes } : undefined;
  };
  const message = `must be auto, or a size of at least ${min / SIZES.MiB}MiB such as 512MiB or 2GiB`;
  return z.string().default('auto').pipe(readAs(read, message));
}

/** How often orders are compared with Upvest; undefined for `off`. */
export function sweepInterval(): z.ZodType<{ everyMs: number | undefined }, string | undefined> {
  const read = (given: string): { everyMs: number | undefined } | undefined => {
    if (given === 'off') return { everyMs: undefined };
    const everyMs = durationOf(given);
    return everyMs !== undefined && everyMs >= 60_000 ? { everyMs } : undefined;
  };
  const message = 'must be off, or a duration of at least 1m such as 15m or 1h';
  return z.string().default('1h').pipe(readAs(read, message));
}

export function wholeNumber(
  standard: number,
  min: number,
  max: number,
): z.ZodType<number, string | undefined> {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .default(String(standard))
    .transform(Number)
    .refine((number) => number >= min && number <= max, message);
}

/**
 * Another party's values for some of ours, such as `NEW=Created,CANCELLED=Cancelled`. Names that are left out keep their
 * default.
 */
export function vocabulary<K extends string>(
  names: readonly K[],
): z.ZodType<Partial<Record<K, string>>, string> {
  const message = `must be a list such as ${names[0] ?? ''}=Value, with names ${names.join(', ')}; each name at most once, each value at most 256 characters`;
  return readAs((text) => valuesOf(names, text), message);
}

function valuesOf<K extends string>(
  names: readonly K[],
  text: string,
): Partial<Record<K, string>> | undefined {
  const found: Partial<Record<K, string>> = {};
  for (const pair of text.split(',')) {
    const [left = '', value = '', ...rest] = pair.split('=').map((part) => part.trim());
    const name = names.find((one) => one === left);
    const isUsable = rest.length === 0 && value !== '' && value.length <= 256;
    if (name === undefined || name in found || !isUsable) return undefined;
    found[name] = value;
  }
  return found;
}

/** A list of IP addresses and networks, such as `10.0.0.1, 10.1.0.0/16`. */
export function addresses(): z.ZodType<string[], string> {
  return readAs((text) => {
    const list = text.split(',').map((one) => one.trim());
    return list.every(isNetwork) ? list : undefined;
  }, 'must be a list of IP addresses and networks such as 10.0.0.1, 10.1.0.0/16');
}

function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}
