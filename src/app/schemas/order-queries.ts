/** Query schemas of the calls that read orders. */
import { z } from 'zod';
import { PORTFOLIO_ORDER_TYPES } from '../../domain/broker/observation';
import { PLACEMENT_ATTENTIONS } from '../../domain/broker/placement';
import { portfolioOrderLifecycle } from '../../domain/broker/status-tables';
import { ATTENTION_CODES } from '../../domain/operator/attention-codes';
import { present } from '../../lib/json';
import {
  LISTED_PHASES,
  LISTED_TIMES,
  SORT_KEYS,
  type OrderFilter,
  type OrderSort,
} from '../ports/order-list';
import { momentFrom, momentTo } from './moments';
import { part, wholeNumber } from './paging';

/** One of these values: with a typo the list would be empty, as if there were no such order. */
function oneOf<const T extends string>(values: readonly T[]): z.ZodEnum<{ [K in T]: K }> {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

const ATTENTION_FILTERS = ['any', 'INTERRUPTED', ...PLACEMENT_ATTENTIONS, ...ATTENTION_CODES] as const;
const REFERENCE = 'must be a reference: 1 to 110 characters of A-Z a-z 0-9 . _ - ~';
const SEARCH =
  'must be the beginning of a reference or a whole id: 1 to 110 characters of A-Z a-z 0-9 . _ - ~';
const AMOUNT =
  'must be a decimal string such as 1000.00, with at most 15 digits before the point and 10 after it';

const yesOrNo = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((text) => text === 'true')
  .optional();

// Also matches references of resubmissions.
const named = (message: string) =>
  z
    .string({ error: message })
    .regex(/^[A-Za-z0-9._~-]{1,110}$/, message)
    .optional();

const amount = (what: string) =>
  z
    .string({ error: AMOUNT })
    .regex(/^\d{1,15}(\.\d{1,10})?$/, AMOUNT)
    .optional()
    .meta({ description: what, examples: ['1000.00'] });

const filters = {
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
  reference: named(REFERENCE),
  type: oneOf(PORTFOLIO_ORDER_TYPES)
    .optional()
    .meta({ examples: ['BUY'] }),
  side: oneOf(['BUY', 'SELL']).optional().meta({ description: 'Orders of one side: those of this type' }),
  phase: oneOf(LISTED_PHASES)
    .optional()
    .meta({ description: 'REFUSED includes NOT_PLACED; PLACING includes HANDING_OVER and NOT_STARTED' }),
  open: yesOrNo.meta({ description: 'True for open orders, false for finished ones' }),
  q: named(SEARCH).meta({
    description:
      'Search: the beginning of a reference, or all of an id: of an order, of one of its children, or of an account',
    examples: ['savings-20'],
  }),
  amountFrom: amount('Orders of at least this amount'),
  amountTo: amount('Orders of at most this amount'),
  openedFrom: momentFrom('Opened'),
  openedTo: momentTo('Opened'),
  changedFrom: momentFrom('Changed last'),
  changedTo: momentTo('Changed last'),
  settledFrom: momentFrom('Settled'),
  settledTo: momentTo('Settled'),
  finishedFrom: momentFrom('Finished'),
  finishedTo: momentTo('Finished'),
  sort: oneOf(SORT_KEYS).optional().meta({
    description:
      'Without it: by the time that filters, by reference for a search; else open orders first, newest first, then finished ones, most recently finished first. Orders without the value come last',
  }),
  direction: oneOf(['asc', 'desc']).optional().meta({ description: 'Of `sort`; default desc' }),
};

export const orderQuery = z
  .strictObject({
    ...filters,
    count: yesOrNo.meta({ description: 'True for `count`, the number of all orders that match' }),
    ...part,
  })
  .superRefine(({ sort, direction, type, side }, context) => {
    if (direction !== undefined && sort === undefined)
      context.addIssue({ code: 'custom', path: ['direction'], message: 'needs sort' });
    if (type !== undefined && side !== undefined && type !== side)
      context.addIssue({ code: 'custom', path: ['side'], message: `must be ${type}, as type, or left out` });
  });

/** The parameters that decide which orders are listed, and in which order. */
export type OrderQuery = Omit<z.output<typeof orderQuery>, 'limit' | 'cursor' | 'count'>;

export function filterOf(query: OrderQuery): OrderFilter {
  const { status, accountId, attention, reference, phase, open, q, amountFrom, amountTo } = query;
  const range = (from: string | undefined, to: string | undefined) =>
    from === undefined && to === undefined ? undefined : present({ from, to });
  const times = present(
    Object.fromEntries(LISTED_TIMES.map((time) => [time, range(query[`${time}From`], query[`${time}To`])])),
  );
  return present({
    ...{ status, accountId, attention, reference, phase, open },
    type: query.type ?? query.side,
    search: q,
    amount: range(amountFrom, amountTo),
    times: Object.keys(times).length === 0 ? undefined : times,
  });
}

export function sortOf({ sort, direction = 'desc' }: OrderQuery): OrderSort | undefined {
  return sort === undefined ? undefined : { by: sort, direction };
}

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
