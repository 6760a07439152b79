/** Query schema of the report of breaks. */
import { z } from 'zod';
import { BREAK_CAUSES, type BreakCause } from '../../domain/records/break-causes';
import { part } from './paging';

const causes = Object.keys(BREAK_CAUSES) as [BreakCause, ...BreakCause[]];
const TIME = 'must be a time with its offset such as 2026-03-02T09:30:00Z';
const ORDER = 'must be a reference or an id, 1 to 200 printable characters';
const SWEEP = 'must be the id of a sweep';

const instant = (description: string): z.ZodType<string | undefined, string | undefined> =>
  z.iso
    .datetime({ offset: true, error: TIME })
    .optional()
    .meta({ description, pattern: undefined, examples: ['2026-03-02T09:30:00Z'] });

export const breakQuery = z.strictObject({
  cause: z.enum(causes, { error: `must be one of ${causes.join(', ')}` }).optional(),
  open: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'True: neither repaired nor gone; false: only the others' }),
  order: z
    .string({ error: ORDER })
    .regex(/^[\x21-\x7e]{1,200}$/, ORDER)
    .optional()
    .meta({ description: 'Your reference, or Upvest’s id', examples: ['savings-2041'] }),
  sweepId: z
    .string({ error: SWEEP })
    .regex(/^[\w-]{1,100}$/, SWEEP)
    .optional()
    .meta({ description: 'The latest sweep that found it' }),
  from: instant('Found last at that time or later'),
  to: instant('Found last before that time'),
  ...part,
});
