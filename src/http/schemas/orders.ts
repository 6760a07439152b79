/** Requests and answers of the calls about portfolio orders. */
import { z } from 'zod';
import type { TimelineEntry } from '../../domain/timeline';
import { LISTED_PHASES, type OrderSummary } from '../../temporal/order-list';
import type { OrderStatusView } from '../../temporal/order-reader';
import type { PlacementView } from '../../../workflows/messages';
import { answerOf, count, decimal, id, time } from './documented';
import { portfolioOrder } from './order-view';
import { brokerProblem, decision, knownBy, subject } from './parts';

export const phase = z
  .enum(['PLACING', 'HANDING_OVER', 'UNKNOWN', 'REFUSED', 'NOT_PLACED', 'TRACKED', 'FINISHED'])
  .meta({
    id: 'Phase',
    description:
      'PLACING, HANDING_OVER; UNKNOWN: nobody knows whether Upvest has the order; REFUSED by Upvest; NOT_PLACED by an operator’s word; TRACKED; FINISHED',
  });

const placement = answerOf<PlacementView>()(
  z.object({
    reference: z.string(),
    request: z.object({
      userId: id,
      accountId: id,
      cashAmount: decimal,
      currency: z.enum(['EUR', 'GBP']),
      side: z.enum(['BUY', 'SELL']),
      postTax: z.boolean(),
      eswOrderReference: z.string().optional(),
      deliveryCountryIso: z.string().optional(),
    }),
    requestedAt: time,
    phase: z.enum(['PLACING', 'HANDING_OVER', 'PLACED', 'REFUSED', 'UNKNOWN', 'NOT_PLACED']),
    attempt: z.int().optional(),
    previous: id.optional(),
    portfolioOrderId: id.optional(),
    problem: brokerProblem.optional(),
    candidates: z.array(id).optional().meta({ description: 'Orders at Upvest that the POST may have made' }),
    cancel: decision.optional(),
    identified: decision.extend({ portfolioOrderId: id.optional() }).optional(),
    waitingFor: z.string(),
  }),
).meta({ id: 'Placement', description: 'How the order was, or is being, placed' });

export const orderStatus = answerOf<OrderStatusView>()(
  z.object({
    phase,
    reference: z
      .string()
      .optional()
      .meta({ examples: ['savings-2041'] }),
    portfolioOrderId: id.optional(),
    placement: placement.optional(),
    order: portfolioOrder.optional().meta({ description: 'Absent while it is being placed' }),
    interrupted: z
      .literal(true)
      .optional()
      .meta({ description: 'Somebody ended its workflow from outside; reconcile takes it up again' }),
  }),
).meta({ id: 'OrderStatus' });

/** Where no worker could tell how far it is, its reference is all there is to say. */
export const known = orderStatus.partial().meta({ id: 'KnownOrder' });

export const summary = answerOf<OrderSummary>()(
  z.object({
    reference: z.string().optional(),
    portfolioOrderId: id.optional(),
    phase,
    status: z.string().optional(),
    type: z.string().optional(),
    accountId: id.optional(),
    attention: z.array(z.string()),
    settlementDue: time.optional(),
    openedAt: time,
    closedAt: time.optional(),
    interrupted: z.literal(true).optional(),
  }),
).meta({
  id: 'OrderSummary',
  examples: [
    {
      reference: 'savings-2041',
      portfolioOrderId: '4d3e91c2-0b8f-4a0e-9f43-5c4f3a7e2b10',
      phase: 'TRACKED',
      status: 'PROCESSING',
      type: 'BUY',
      accountId: '5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01',
      attention: ['PROCESSING_OVERDUE'],
      openedAt: '2026-03-02T09:30:00.000Z',
    },
  ],
});

export const orderPage = z
  .object({ orders: z.array(summary), nextCursor: z.string().optional() })
  .meta({ id: 'OrderPage' });

const wholeNumber = (min: number, max: number, standard: number) => {
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
/** A page of a list. */
export const part = {
  limit: wholeNumber(1, 100, 50).meta({ description: 'Rows of a page; default 50', examples: [50] }),
  cursor: z
    .string({ error: CURSOR })
    .regex(/^[\w-]{1,4000}$/, CURSOR)
    .optional()
    .meta({ description: '`nextCursor` of the page before, with the same filters' }),
};

const WORD = 'must be one word of capitals, such as PROCESSING';
const word = z.string({ error: WORD }).regex(/^[A-Z][A-Z0-9_]{0,99}$/, WORD);
const REFERENCE = 'must be a reference: 1 to 110 characters of A-Z a-z 0-9 . _ - ~';
const OPEN = 'must be true or false';

export const orderQuery = z.strictObject({
  status: word.optional().meta({ description: 'Upvest’s word', examples: ['PROCESSING'] }),
  accountId: z.guid('must be a UUID').optional(),
  attention: z
    .literal('any')
    .or(word)
    .optional()
    .meta({
      description:
        'A code, `INTERRUPTED` for orders that nobody follows, or `any` for all that need somebody',
      examples: ['any', 'PLACEMENT_UNKNOWN'],
    }),
  // Of placements that were made again, too.
  reference: z
    .string({ error: REFERENCE })
    .regex(/^[A-Za-z0-9._~-]{1,110}$/, REFERENCE)
    .optional(),
  type: word.optional().meta({ examples: ['BUY'] }),
  phase: z
    .enum(LISTED_PHASES, { error: `must be one of ${LISTED_PHASES.join(', ')}` })
    .optional()
    .meta({ description: 'REFUSED includes NOT_PLACED; PLACING includes HANDING_OVER' }),
  open: z
    .enum(['true', 'false'], { error: OPEN })
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Whether it is still to be finished' }),
  ...part,
});

/** The longest that an answer may be waited for. */
export const MAX_WAIT_SECONDS = 30;

export const waitQuery = z.strictObject({
  wait: wholeNumber(0, MAX_WAIT_SECONDS, 0).meta({
    description: 'Seconds that the answer may take until placing has ended; default 0',
    examples: [10],
  }),
});

export const timelineQuery = z.strictObject({
  offset: wholeNumber(0, 1_000_000, 0).meta({ description: 'Entries to leave out; default 0' }),
  limit: wholeNumber(1, 1000, 1000).meta({ description: 'Entries of the answer; default 1000' }),
});

const entry = answerOf<TimelineEntry>()(
  z.object({
    at: time,
    source: z.union([knownBy, z.enum(['operator', 'esw', 'coordinator'])]),
    rule: z.string().meta({ description: 'Id of the rule that allowed it: docs/rules.md' }),
    subject,
    id,
    status: z.string().optional(),
    eventId: z.string().optional(),
    text: z.string(),
    actor: z.string().optional(),
    reason: z.string().optional(),
    times: z.int().optional().meta({ description: 'How often it happened in a row; absent for once' }),
    lastAt: time.optional(),
  }),
).meta({ id: 'TimelineEntry' });

export const timeline = z
  .object({ entries: z.array(entry), total: count, nextOffset: count.optional() })
  .meta({ id: 'Timeline' });
