/** Query schemas of the calls that read orders. */
import { z } from 'zod';
import { LISTED_PHASES } from '../orders/list';
import { part, wholeNumber } from './paging';

const CODE = 'must be a code in capitals, such as PROCESSING';
const code = z.string({ error: CODE }).regex(/^[A-Z][A-Z0-9_]{0,99}$/, CODE);
const REFERENCE = 'must be a reference: 1 to 110 characters of A-Z a-z 0-9 . _ - ~';
const OPEN = 'must be true or false';

export const orderQuery = z.strictObject({
  status: code.optional().meta({ description: 'Upvest’s status', examples: ['PROCESSING'] }),
  accountId: z.guid('must be a UUID').optional(),
  attention: z
    .literal('any')
    .or(code)
    .optional()
    .meta({
      description:
        'A code, `INTERRUPTED` for orders whose workflow was terminated or failed, or `any` for all that need attention',
      examples: ['any', 'PLACEMENT_UNKNOWN'],
    }),
  // Also matches references of resubmissions.
  reference: z
    .string({ error: REFERENCE })
    .regex(/^[A-Za-z0-9._~-]{1,110}$/, REFERENCE)
    .optional(),
  type: code.optional().meta({ examples: ['BUY'] }),
  phase: z
    .enum(LISTED_PHASES, { error: `must be one of ${LISTED_PHASES.join(', ')}` })
    .optional()
    .meta({ description: 'REFUSED includes NOT_PLACED; PLACING includes HANDING_OVER' }),
  open: z
    .enum(['true', 'false'], { error: OPEN })
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'True for open orders, false for finished ones' }),
  ...part,
});

/** Longest `wait` of a submission. */
export const MAX_WAIT_SECONDS = 30;

export const waitQuery = z.strictObject({
  wait: wholeNumber(0, MAX_WAIT_SECONDS, 0).meta({
    description: 'Seconds to wait for the placement to end; default 0',
    examples: [10],
  }),
});

export const timelineQuery = z.strictObject({
  offset: wholeNumber(0, 1_000_000, 0).meta({ description: 'Entries to skip; default 0' }),
  limit: wholeNumber(1, 1000, 1000).meta({ description: 'Entries per page; default 1000' }),
});
