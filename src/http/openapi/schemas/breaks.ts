/** Response schemas of the report of breaks. */
import { z } from 'zod';
import type { Break } from '../../../app/ports/sweeps';
import { BREAK_CAUSES, type BreakCause } from '../../../domain/records/break-causes';
import { count, id, responseOf, time } from './documented';

const causes = Object.keys(BREAK_CAUSES) as [BreakCause, ...BreakCause[]];

const oneBreak = responseOf<Break>()(
  z.object({
    id: count,
    cause: z.enum(causes),
    portfolioOrderId: id.optional(),
    reference: z.string().optional(),
    subject: z.string().meta({
      description: 'What differs within the order, such as a child order; empty for the order itself',
    }),
    ours: z.string().optional(),
    theirs: z.string().optional(),
    text: z.string(),
    remedy: z.string().meta({ description: 'What to do' }),
    repaired: z
      .string()
      .optional()
      .meta({ description: 'What the sweep did about it', examples: ['adopted', 'delivered', 'restarted'] }),
    foundAt: time.meta({ description: 'When it was found first' }),
    seenAt: time.meta({ description: 'When it was found last' }),
    resolvedAt: time
      .optional()
      .meta({ description: 'When it was repaired, or when a sweep no longer found it' }),
    sweepId: z.string().meta({ description: 'The latest sweep that found it' }),
  }),
).meta({ id: 'Break', description: 'A difference between Upvest, this coordinator and ESW' });

export const breakPage = z
  .object({ breaks: z.array(oneBreak), nextCursor: z.string().optional() })
  .meta({ id: 'BreakPage' });
