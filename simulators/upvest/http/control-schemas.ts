import { z } from 'zod';
import { rebalancingCancellationReasons } from '../orders/wire-objects';
import { cashAmountSchema } from './portfolio-order-routes';
import { scenarios } from '../behaviour/scenarios';

/** Request bodies of the control plane; `control.ts` documents their meaning. */

const milliseconds = z.number().min(0).exactOptional();
export const paceSchema = z.strictObject({
  processAfterMs: milliseconds,
  childSpacingMs: milliseconds,
  fillAfterMs: milliseconds,
  settleAfterMs: milliseconds,
  settledAheadMs: milliseconds,
  cancelAfterMs: milliseconds,
  secondMs: milliseconds,
});
export const initiateSchema = z.strictObject({
  userId: z.guid(),
  accountId: z.guid(),
  cashAmount: cashAmountSchema,
  currency: z.enum(['EUR', 'GBP']).exactOptional(),
  type: z.enum(['BUY', 'SELL', 'REBALANCING']).exactOptional(),
  postTax: z.boolean().exactOptional(),
  initiationFlow: z.string().exactOptional(),
});
export const accountSchema = z.strictObject({
  scenario: z.enum(scenarios).exactOptional(),
  children: z.number().int().min(1).exactOptional(),
  rejectWith: z
    .enum([
      'ACCOUNT_IS_EMPTY',
      'CANCELLED_BY_CLIENT',
      'CANCELLED_BY_UPVEST',
      'PORTFOLIO_IS_BALANCED',
      'SELL_LIMIT_EXCEEDED',
    ])
    .exactOptional(),
  rejectRebalancingWith: z.enum(rebalancingCancellationReasons).exactOptional(),
  nav: z
    .string()
    .regex(/^[0-9]{1,15}(\.[0-9]{1,2})?$/)
    .exactOptional(),
  allocationId: z.guid().exactOptional(),
  childInitiationFlow: z.string().exactOptional(),
  settlementDate: z.union([z.iso.date(), z.literal('none')]).exactOptional(),
  placementAnswer: z.literal(['accepted', 403]).exactOptional(),
  cancelAnswer: z.literal(['accepted', 409, 422]).exactOptional(),
  propagationMs: milliseconds,
  taxPercent: z
    .string()
    .regex(/^[0-9]{1,2}(\.[0-9]{1,6})?$/)
    .exactOptional(),
  orderFee: z
    .string()
    .regex(/^[0-9]{1,9}(\.[0-9]{1,27})?$/)
    .exactOptional(),
  fillsAtPercent: z
    .string()
    .regex(/^(?!0+(\.0+)?$)[0-9]{1,3}(\.[0-9]{1,6})?$/)
    .exactOptional(),
  webhooks: z.enum(['all', 'none']).exactOptional(),
});
export const orderCancelSchema = z.strictObject({
  reason: z
    .enum([
      'CANCELLED_BY_CLIENT',
      'CANCELLED_BY_UPVEST_OPERATIONS',
      'CANCELLED_BY_TRADING_PARTNER',
      'CANCELLED_BY_UPVEST_PLATFORM',
    ])
    .exactOptional(),
});
export const detailsSchema = z.strictObject({ details: z.string().exactOptional() });
export const settlementDateSchema = z.strictObject({
  date: z.iso.date(),
  told: z.enum(['order', 'execution', 'nothing']).exactOptional(),
});
/** Query of the call list. */
export const callFilterSchema = z.strictObject({
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  since: z.iso.datetime().exactOptional(),
});
export const releaseSchema = z.strictObject({
  order: z.enum(['forward', 'reverse']).exactOptional(),
  copies: z.number().int().min(1).exactOptional(),
  batches: z.number().int().min(1).exactOptional(),
});
export const rawSchema = z.strictObject({
  webhookId: z.string().exactOptional(),
  events: z.array(z.unknown()).exactOptional(),
  body: z.string().exactOptional(),
  tamper: z
    .strictObject({
      signature: z.literal('corrupt').exactOptional(),
      digest: z.literal('corrupt').exactOptional(),
      keyId: z.string().exactOptional(),
    })
    .exactOptional(),
});
const calls = {
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  count: z.number().int().min(1).exactOptional(),
};
export const failSchema = z.strictObject({
  ...calls,
  mode: z.enum(['before', 'after']).exactOptional(),
  outcome: z.union([z.number().int().min(200).max(599), z.enum(['reset', 'hang'])]),
  headers: z.record(z.string(), z.string()).exactOptional(),
  page: z.string().exactOptional(),
});
export const delaySchema = z.strictObject({ ...calls, ms: z.number().min(0) });
export const outageSchema = z.strictObject({ on: z.boolean() });
export const rotateSchema = z.strictObject({ keepOld: z.boolean().exactOptional() });
const probability = z.number().min(0).max(1);
export const disturbanceSchema = z.strictObject({
  seed: z.number().int(),
  lose: probability.exactOptional(),
  duplicate: probability.exactOptional(),
  delay: z.strictObject({ probability, ms: z.number().min(0) }).exactOptional(),
  shuffle: probability.exactOptional(),
  split: probability.exactOptional(),
});
export const apiDisturbanceSchema = z.strictObject({
  seed: z.number().int(),
  failBefore: probability.exactOptional(),
  failAfter: probability.exactOptional(),
  outcomes: z
    .array(z.union([z.number().int().min(400).max(599), z.literal('reset')]))
    .min(1)
    .exactOptional(),
  methods: z.array(z.string()).exactOptional(),
  paths: z.array(z.string()).exactOptional(),
});
export const schemaDriftSchema = z.strictObject({
  unknownField: z.boolean().exactOptional(),
  unknownStatus: z.string().exactOptional(),
  unknownEventType: z.string().exactOptional(),
});
