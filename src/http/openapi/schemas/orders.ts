/** Response schemas of the calls about portfolio orders. */
import { z } from 'zod';
import type { TimelineEntry } from '../../../domain/views/timeline';
import { type OrderSummary } from '../../../app/orders/list';
import type { OrderStatusView, ShownPlacement } from '../../../app/orders/read';
import { responseOf, count, decimal, id, time } from './documented';
import { attention, portfolioOrder } from './order-view';
import { act, action, brokerProblem, decision, knownBy, subject } from './parts';

export const phase = z
  .enum(['PLACING', 'HANDING_OVER', 'UNKNOWN', 'REFUSED', 'NOT_PLACED', 'NOT_STARTED', 'TRACKED', 'FINISHED'])
  .meta({
    id: 'Phase',
    description:
      'PLACING, HANDING_OVER; UNKNOWN: unknown whether Upvest has the order; REFUSED by Upvest; NOT_PLACED: an operator decided that there is no order; NOT_STARTED: submit the request again; TRACKED; FINISHED',
  });

const placement = responseOf<ShownPlacement>()(
  z.object({
    reference: z.string(),
    request: z.object({
      userId: id.optional().meta({ description: 'Absent once Temporal no longer has the placement' }),
      accountId: id,
      cashAmount: decimal,
      currency: z.enum(['EUR', 'GBP']),
      side: z.enum(['BUY', 'SELL']),
      postTax: z.boolean(),
      eswOrderReference: z.string().optional(),
      deliveryCountryIso: z.string().optional(),
    }),
    requestedAt: time,
    phase: z.enum(['PLACING', 'HANDING_OVER', 'PLACED', 'REFUSED', 'UNKNOWN', 'NOT_PLACED', 'NOT_STARTED']),
    attempt: z.int().optional(),
    previous: id.optional(),
    correctionOf: z
      .string()
      .optional()
      .meta({ description: 'The rejected placement under the same reference that this one corrects' }),
    resubmittedAs: z
      .string()
      .optional()
      .meta({ description: 'The placement that corrects this one, which Upvest rejected' }),
    portfolioOrderId: id.optional(),
    problem: brokerProblem.optional(),
    stopped: z
      .object({
        why: z.enum(['unauthorised', 'busy', 'unavailable']),
        message: z.string().meta({ description: 'What was answered, or why nothing was' }),
        since: time,
        until: time.meta({ description: 'Time of the next attempt' }),
        count: z.int().meta({ description: 'Pauses so far' }),
        flagged: z.literal(true).optional().meta({ description: 'It is the attention PLACEMENT_STOPPED' }),
      })
      .optional()
      .meta({ description: 'Why Upvest takes no POST now, while attempts go on' }),
    searchFailure: z
      .object({
        since: time,
        attempts: z.int().meta({ description: 'Attempts that failed in a row' }),
        message: z.string(),
      })
      .optional()
      .meta({ description: 'Why Upvest cannot be searched for the order, or cannot be read' }),
    candidates: z
      .array(id)
      .optional()
      .meta({ description: 'Orders at Upvest that the POST may have created' }),
    cancel: decision.optional(),
    steps: z
      .array(
        z.object({
          at: time,
          rule: act,
          text: z.string(),
          actor: z.string().optional(),
          reason: z.string().optional(),
          times: z.int().optional(),
          lastAt: time.optional(),
        }),
      )
      .optional()
      .meta({ description: 'What happened so far, oldest first' }),
    actions: z.array(action).optional().meta({ description: 'The calls that are allowed now' }),
    identified: decision.extend({ portfolioOrderId: id.optional() }).optional(),
    waitingFor: z.string(),
    attentions: z.array(attention).optional(),
  }),
).meta({ id: 'Placement', description: 'The placement of the order' });

export const orderStatus = responseOf<OrderStatusView>()(
  z.object({
    phase,
    reference: z
      .string()
      .optional()
      .meta({ examples: ['savings-2041'] }),
    portfolioOrderId: id.optional(),
    placement: placement.optional(),
    order: portfolioOrder.optional().meta({ description: 'Absent while the order is being placed' }),
    tracking: z
      .string()
      .optional()
      .meta({
        description: 'Whether the order is tracked, and what is open',
        examples: ['tracked, 1 open issue'],
      }),
    interrupted: z
      .literal(true)
      .optional()
      .meta({ description: 'Its workflow was terminated or failed; reconcile restarts it' }),
  }),
).meta({ id: 'OrderStatus' });

/** Only the reference is certain while no worker answers. */
export const partialOrder = orderStatus.partial().meta({ id: 'KnownOrder' });

export const summary = responseOf<OrderSummary>()(
  z.object({
    reference: z.string().optional(),
    portfolioOrderId: id.optional(),
    phase,
    status: z.string().optional(),
    type: z.string().optional(),
    accountId: id.optional(),
    attention: z.array(z.string()),
    troubles: z
      .array(z.object({ partner: z.enum(['esw', 'upvest']), since: time, error: z.string() }))
      .optional()
      .meta({ description: 'Partners that fail for this order; absent while all goes well' }),
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

const entry = responseOf<TimelineEntry>()(
  z.object({
    at: time,
    source: z.union([knownBy, z.enum(['operator', 'esw', 'coordinator'])]),
    rule: z.string().meta({ description: 'Id of the rule behind the entry: docs/rules.md' }),
    subject: z.union([subject, z.literal('placement')]),
    id,
    status: z.string().optional(),
    eventId: z.string().optional(),
    text: z.string(),
    actor: z.string().optional(),
    reason: z.string().optional(),
    times: z.int().optional().meta({ description: 'Number of repetitions in a row; absent for 1' }),
    lastAt: time.optional(),
  }),
).meta({ id: 'TimelineEntry' });

export const timeline = z
  .object({ entries: z.array(entry), total: count, nextOffset: count.optional() })
  .meta({ id: 'Timeline' });
