/** Schemas of numbers and pages in queries. */
import { z } from 'zod';

export const wholeNumber = (
  min: number,
  max: number,
  standard: number,
): z.ZodType<number, string | undefined> => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error: message })
    .regex(/^\d{1,7}$/, { error: message, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(standard)
    .meta({ type: 'integer', pattern: undefined, minimum: min, maximum: max });
};

const CURSOR = 'must be the nextCursor of a page';
/** Query parameters of a page. */
export const part = {
  limit: wholeNumber(1, 100, 50).meta({ description: 'Rows per page; default 50', examples: [50] }),
  cursor: z
    .string({ error: CURSOR })
    .regex(/^[\w-]{1,4000}$/, CURSOR)
    .optional()
    .meta({ description: '`nextCursor` of the previous page, with the same filters' }),
};
