/** Kinds of values that environment variables can have. */
import { z } from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `60s`; undefined for other text. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined;
}

/** Text that `read` understands, as what it makes of it. */
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
