/** Response schema of one portfolio order. */
import { z } from 'zod';
import type { ExecutionView, OrderView } from '../../../domain/views/row-view';
import type { FulfillmentView } from '../../../domain/views/fulfillment-view';
import type { PortfolioOrderView } from '../../../domain/views/order-view';
import { responseOf, count, decimal, id, time } from './documented';
import { act, action, brokerProblem, cause, decision, finding, knownBy, money, refusal, row } from './parts';

const execution = responseOf<ExecutionView>()(
  z.object({
    id,
    status: z.enum(['FILLED', 'SETTLED', 'CANCELLED']).optional(),
    side: z.string().optional(),
    ...money,
    shareQuantity: decimal,
    price: decimal,
    taxes: decimal.optional(),
    transactionTime: time.optional(),
    settlementDate: z
      .string()
      .optional()
      .meta({ examples: ['2026-03-04'] }),
    unlisted: z
      .literal(true)
      .optional()
      .meta({ description: 'No snapshot with its order FILLED has listed it yet' }),
    ...row,
  }),
).meta({ id: 'Execution' });

const cancellationRefused = z.object({
  at: time,
  reason: z.string().optional(),
  by: knownBy.optional(),
  eventId: z.string().optional(),
});

const order = responseOf<OrderView>()(
  z.object({
    id,
    number: z.int().min(1).meta({ description: 'In the order first seen' }),
    status: z.enum(['NEW', 'PROCESSING', 'FILLED', 'CANCELLED']).optional(),
    side: z.string().optional(),
    instrumentId: z
      .string()
      .optional()
      .meta({ description: 'ISIN', examples: ['IE00B4L5Y983'] }),
    cashAmount: decimal.optional(),
    quantity: decimal.optional(),
    currency: z.string().optional(),
    fee: decimal.optional().meta({ description: 'Fee of the order in `currency`; absent until known' }),
    unreadableAmounts: z
      .array(z.string())
      .optional()
      .meta({
        description: 'Amounts that Upvest sent, and that are no decimal numbers',
        examples: [['fee']],
      }),
    cancellationReason: z.string().optional(),
    cancellationRefused: cancellationRefused.optional(),
    furtherRefusals: z.array(cancellationRefused).optional(),
    updatedAt: time.optional(),
    executions: z.array(execution),
    ...row,
  }),
).meta({ id: 'Order', description: 'A child order of a portfolio order' });

const leftBehind = {
  status: z.string(),
  name: z.string().meta({ description: 'Name of the event for `skip-emission`' }),
  orderId: id.optional(),
  executionId: id.optional(),
  id: id.optional(),
};

const fulfillment = responseOf<FulfillmentView>()(
  z.object({
    accepted: z.array(z.object({ status: z.string(), id, at: time.optional() })).meta({
      description:
        'OrderEvents of the portfolio order itself that ESW accepted, in order; `id` is the OrderEvent’s',
    }),
    pending: z
      .array(z.string())
      .meta({ description: 'OrderEvents of the portfolio order itself not yet accepted, in order' }),
    children: z.object({ accepted: count, pending: count }).optional(),
    refused: z.array(
      z.object({
        ...leftBehind,
        refusal,
        arrivesAfter: z.string().optional().meta({
          description: 'Event that ESW has and that belongs after this one: resent, it arrives out of order',
        }),
      }),
    ),
    skipped: z
      .array(z.object(leftBehind))
      .optional()
      .meta({ description: 'OrderEvents that an operator left out' }),
    paused: z
      .object({ why: z.enum(['unauthorised', 'busy']), message: z.string(), since: time, until: time })
      .optional(),
  }),
).meta({ id: 'Fulfillment', description: 'OrderEvents of the order at ESW' });

export const attention = z
  .object({
    code: z.string().meta({ examples: ['SETTLEMENT_OVERDUE'] }),
    key: z.string(),
    since: time.optional().meta({ description: 'When it arose, where that is known' }),
    message: z.string(),
    advice: z.string(),
    actions: z.array(action).meta({
      description: 'The calls that resolve it now, the likeliest first',
      examples: [['acknowledge']],
    }),
  })
  .meta({ id: 'Attention', description: 'An issue that needs attention, with advice' });

const wait = z
  .object({
    rule: act,
    text: z.string().meta({ examples: ['Upvest has not started this order'] }),
    code: z.string().meta({ description: 'Code of the issue that it becomes', examples: ['NEW_OVERDUE'] }),
    since: time,
    asksAt: time.meta({ description: 'Time of the next check with Upvest' }),
    asked: count,
    attentionAt: time.optional().meta({ description: 'Time from which it needs attention' }),
    overdue: z.boolean(),
  })
  .meta({ id: 'Wait' });

const trouble = z
  .object({
    kind: z.enum([
      'esw',
      'upvest',
      'cancel',
      'placement',
      'recovery',
      'records',
      'child-unknown',
      'child-unreadable',
    ]),
    orderId: id.optional().meta({ description: 'The child order, of the kinds about one' }),
    since: time.meta({ description: 'Start of the first failed attempt' }),
    attempts: count,
    cause: z.string().meta({ description: 'Why the last attempt failed' }),
    nextTryAt: time.optional(),
    overdue: z.boolean().meta({ description: 'True once it needs attention' }),
    text: z.string().meta({ description: 'All of that in one sentence' }),
  })
  .meta({ id: 'Trouble', description: 'What is due and fails because of a partner' });

const cancel = z.object({
  ...decision.shape,
  at: time,
  rule: act,
  answer: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('accepted') }),
      z.object({ kind: z.literal('refused'), problem: brokerProblem }),
      z.object({ kind: z.literal('unknown-order') }),
    ])
    .optional(),
  answeredAt: time.optional().meta({ description: 'Absent for orders of older code' }),
  text: z.string().meta({ examples: ['Upvest accepted it; the order was cancelled in full.'] }),
  outcome: z.enum(['waiting', 'cancelled', 'partly-executed', 'executed', 'refused', 'unknown-order']),
});

const rebalancing = z.object({
  id,
  executionId: id.optional(),
  statuses: z.array(z.string()),
  seen: z.array(z.object({ ...cause.shape, status: z.string() })).optional(),
  cancellationReason: z.string().optional(),
  cancellationDetails: z.string().optional(),
});

export const portfolioOrder = responseOf<PortfolioOrderView>()(
  z.object({
    portfolioOrderId: id,
    reference: z.string().optional().meta({ description: 'Absent for orders not placed here' }),
    origin: z.enum(['placed', 'adopted', 'open']),
    status: z
      .string()
      .optional()
      .meta({ examples: ['PROCESSING'] }),
    accountId: id.optional(),
    cashAmount: decimal.optional(),
    currency: z.string().optional(),
    type: z
      .string()
      .optional()
      .meta({ examples: ['BUY'] }),
    postTax: z.boolean().optional(),
    initiationFlow: z.string().optional(),
    createdAt: time.optional(),
    cancellationReason: z.string().optional(),
    cancellationDetails: z.string().optional(),
    rebalancing: z.array(rebalancing).optional(),
    reached: z.array(
      z.object({
        status: z.string(),
        ...cause.shape,
        webhookId: id.optional(),
        updatedAt: time.optional(),
        from: z.string().optional(),
      }),
    ),
    progress: z.object({
      orders: count,
      final: count.meta({ description: 'Orders that are FILLED or CANCELLED' }),
      executions: count,
      settled: count.meta({ description: 'Executions that are SETTLED' }),
      cancelled: count.meta({ description: 'Executions that are CANCELLED' }),
      text: z.string().meta({ examples: ['4 of 5 executions settled, 1 cancelled, 118.98 of 140.00 EUR'] }),
    }),
    orders: z.array(order),
    fulfillment,
    finished: z.boolean(),
    waitingFor: z.string().meta({ examples: ['Upvest: order 1 is PROCESSING.'] }),
    troubles: z.array(trouble).optional().meta({ description: 'Absent while all goes well' }),
    waits: z.array(wait),
    cancel: cancel.optional(),
    questions: z.object({ missed: count, nothingNew: count, failed: count }),
    findings: z.array(finding),
    attention: z.array(z.string()),
    attentions: z.array(attention),
    actions: z.array(action).meta({ description: 'The calls that are allowed now' }),
    held: z
      .string()
      .optional()
      .meta({ description: 'Why events are held back until an operator releases them' }),
    closed: z.object({ ...decision.shape, at: time, evidence: z.string() }).optional(),
    reopened: z.object({ ...decision.shape, at: time }).optional(),
    previous: id.optional().meta({ description: 'The portfolio order that this one replaces' }),
    resubmittedAs: z.string().optional(),
    run: z.int().min(1),
  }),
).meta({ id: 'PortfolioOrder' });
