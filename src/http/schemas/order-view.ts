/** What the API answers of one portfolio order. */
import { z } from 'zod';
import type { ExecutionView, OrderView } from '../../domain/row-view';
import type { FulfillmentView } from '../../domain/fulfillment-view';
import type { PortfolioOrderView } from '../../domain/view';
import { answerOf, count, decimal, id, time } from './documented';
import { act, brokerProblem, cause, decision, finding, knownBy, money, refusal, row } from './parts';

const execution = answerOf<ExecutionView>()(
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
      .meta({ description: 'No snapshot that shows its order FILLED has listed it yet' }),
    ...row,
  }),
).meta({ id: 'Execution' });

const order = answerOf<OrderView>()(
  z.object({
    id,
    number: z.int().min(1).meta({ description: 'In order of first sight' }),
    status: z.enum(['NEW', 'PROCESSING', 'FILLED', 'CANCELLED']).optional(),
    side: z.string().optional(),
    instrumentId: z
      .string()
      .optional()
      .meta({ description: 'ISIN', examples: ['IE00B4L5Y983'] }),
    cashAmount: decimal.optional(),
    quantity: decimal.optional(),
    currency: z.string().optional(),
    cancellationReason: z.string().optional(),
    cancellationRefused: z
      .object({
        at: time,
        reason: z.string().optional(),
        by: knownBy.optional(),
        eventId: z.string().optional(),
      })
      .optional(),
    updatedAt: time.optional(),
    executions: z.array(execution),
    ...row,
  }),
).meta({ id: 'Order', description: 'A child order of a portfolio order' });

const fulfillment = answerOf<FulfillmentView>()(
  z.object({
    accepted: z.array(z.object({ status: z.string(), id, at: time.optional() })).meta({
      description: 'What ESW has of the portfolio order’s own stream, in order; `id` is the OrderEvent’s',
    }),
    pending: z.array(z.string()).meta({ description: 'What it is owed of that, in order' }),
    children: z.object({ accepted: count, pending: count }).optional(),
    refused: z.array(
      z.object({
        status: z.string(),
        orderId: id.optional(),
        executionId: id.optional(),
        id: id.optional(),
        refusal,
      }),
    ),
    paused: z
      .object({ why: z.enum(['unauthorised', 'busy']), message: z.string(), since: time, until: time })
      .optional(),
  }),
).meta({ id: 'Fulfillment', description: 'What ESW knows of the order' });

const attention = z
  .object({
    code: z.string().meta({ examples: ['SETTLEMENT_OVERDUE'] }),
    key: z.string(),
    message: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'Attention', description: 'Something that somebody has to look at, with advice' });

const wait = z
  .object({
    rule: act,
    since: time,
    asksAt: time.meta({ description: 'When Upvest is asked next' }),
    asked: count,
    attentionAt: time.optional().meta({ description: 'When a human is told' }),
    overdue: z.boolean(),
  })
  .meta({ id: 'Wait' });

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
  outcome: z.enum(['waiting', 'cancelled', 'partly-executed', 'executed', 'refused', 'unknown-order']),
});

const rebalancing = z.object({
  id,
  executionId: id.optional(),
  statuses: z.array(z.string()),
  cancellationReason: z.string().optional(),
  cancellationDetails: z.string().optional(),
});

export const portfolioOrder = answerOf<PortfolioOrderView>()(
  z.object({
    portfolioOrderId: id,
    reference: z.string().optional().meta({ description: 'Absent for orders that nobody placed here' }),
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
    progress: z.object({ orders: count, final: count, executions: count, settled: count }),
    orders: z.array(order),
    fulfillment,
    finished: z.boolean(),
    waitingFor: z.string().meta({ examples: ['The broker: order 1 is PROCESSING.'] }),
    waits: z.array(wait),
    cancel: cancel.optional(),
    questions: z.object({ missed: count, nothingNew: count, failed: count }),
    findings: z.array(finding),
    attention: z.array(z.string()),
    attentions: z.array(attention),
    held: z.string().optional().meta({ description: 'Why nothing is emitted until an operator releases it' }),
    closed: z.object({ ...decision.shape, at: time, evidence: z.string() }).optional(),
    reopened: z.object({ ...decision.shape, at: time }).optional(),
    previous: id.optional().meta({ description: 'The portfolio order whose place this one takes' }),
    resubmittedAs: z.string().optional(),
    run: z.int().min(1),
  }),
).meta({ id: 'PortfolioOrder' });
