/** Query schemas of the calls that read orders. */
import { z } from 'zod';
import { PORTFOLIO_ORDER_TYPES } from '../../domain/broker/observation';
import { PLACEMENT_ATTENTIONS } from '../../domain/broker/placement';
import { portfolioOrderLifecycle } from '../../domain/broker/status-tables';
import { ATTENTION_CODES } from '../../domain/operator/attention-codes';
import { LISTED_PHASES } from '../orders/list';
import { part, wholeNumber } from './paging';

/** One of these values: with a typo the list would be empty, as if there were no such order. */
function oneOf<const T extends string>(values: readonly T[]): z.ZodEnum<{ [K in T]: K }> {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

const ATTENTION_FILTERS = ['any', 'INTERRUPTED', ...PLACEMENT_ATTENTIONS, ...ATTENTION_CODES] as const;
const REFERENCE = 'must be a reference: 1 to 110 characters of A-Z a-z 0-9 . _ - ~';
const OPEN = 'must be true or false';

export const orderQuery = z.strictObject({
  status: oneOf(portfolioOrderLifecycle.statuses)
    .optional()
    .meta({ description: 'Upvest’s status', examples: ['PROCESSING'] }),
  accountId: z.guid('must be a UUID').optional(),
  attention: oneOf(ATTENTION_FILTERS)
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
  type: oneOf(PORTFOLIO_ORDER_TYPES)
    .optional()
    .meta({ examples: ['BUY'] }),
  phase: oneOf(LISTED_PHASES)
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
