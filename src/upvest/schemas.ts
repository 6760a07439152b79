/**
 * What we read of Upvest's answers and events, tolerantly (upvest.md 6): unknown fields are dropped, unknown enum
 * values stay text, blanks and nulls count as absent, decimals stay strings. Only ids and statuses are required, and
 * the money of an execution. `user_id` is personal data and not read.
 */
import { z } from 'zod';
import { present } from '../json';
import { readTimestamp } from './timestamp';

const id = z.string().min(1).max(200);
const status = z.string().min(1);

/** `""` = absent (upvest.md 6 no. 18). */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === null || value?.trim() === '' ? undefined : value));

/** ISO 8601 with milliseconds and `Z`; absent where unreadable: no time is worth refusing a status for. */
const timestamp = text.transform((value) => (value === undefined ? undefined : readTimestamp(value)));

// Upvest's patterns admit a missing integer part (upvest.md 3.2); it is restored, since nobody after us expects ".5".
const decimal = z
  .string()
  .regex(/^(\d{1,63}(\.\d{1,27})?|\.\d{1,27})$/, 'is not a decimal string')
  .transform((value) => (value.startsWith('.') ? `0${value}` : value));
const optionalDecimal = z
  .union([z.literal('').transform(() => undefined), decimal])
  .nullish()
  .transform((value) => value ?? undefined);

function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

// Samples of the guides print `state`, the specification `status` (upvest.md 6 no. 1).
const portfolioOrderChildSchema = z
  .object({ id, side: text, status: text, state: text })
  .transform((child, context) => {
    const reached = child.status ?? child.state;
    if (reached === undefined) {
      context.addIssue({ code: 'custom', path: ['status'], message: 'has neither status nor state' });
      return z.NEVER;
    }
    return present({ id: child.id, side: child.side, status: reached });
  });

/** upvest.md 4.1. */
export const portfolioOrderSchema = z.object({
  id,
  status,
  created_at: timestamp,
  updated_at: timestamp,
  account_id: text,
  allocation_id: text,
  cash_amount: optionalDecimal,
  currency: text,
  type: text,
  post_tax: z.boolean().nullish(),
  orders: listOf(portfolioOrderChildSchema),
  client_reference: text,
  initiation_flow: text,
  cancellation_reason: text,
  cancellation_details: text,
});
export type UpvestPortfolioOrder = z.output<typeof portfolioOrderSchema>;

/** upvest.md 4.3, without `order_id`, which only events carry for certain. */
export const executionSchema = z.object({
  id,
  status,
  side: text,
  cash_amount: decimal,
  currency: z.string().min(1),
  share_quantity: decimal,
  price: decimal,
  transaction_time: timestamp,
  taxes: listOf(z.object({ type: text, amount: optionalDecimal })),
  /** A calendar date without a time; absent where unreadable. */
  settlement_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .catch(undefined),
});
export type UpvestExecution = z.output<typeof executionSchema>;

/** The object of `EXECUTION.*`: an event without its order cannot be routed. */
export const orderedExecutionSchema = executionSchema.extend({ order_id: id });

/** upvest.md 4.2. */
export const orderSchema = z.object({
  id,
  status,
  created_at: timestamp,
  updated_at: timestamp,
  account_id: text,
  cash_amount: optionalDecimal,
  quantity: optionalDecimal,
  currency: text,
  side: text,
  instrument_id: text,
  cancellation_reason: text,
  initiation_flow: text,
  client_reference: text,
  executions: listOf(executionSchema),
});
export type UpvestOrder = z.output<typeof orderSchema>;

/** upvest.md 5.3: no id and no times of its own. */
export const orderCancellationSchema = z.object({ order_id: id, status, reason: text });

/** upvest.md 3.6: `portfolio_order_id` is null until there is one. */
export const rebalancingExecutionOrderSchema = z.object({
  id,
  status,
  execution_id: text,
  account_id: text,
  portfolio_order_id: text,
  updated_at: timestamp,
  cancellation_reason: text,
  cancellation_details: text,
});

/** upvest.md 5.1: one event of the envelope. */
export const eventSchema = z.object({
  id,
  type: z.string().min(1),
  created_at: timestamp,
  object: z.looseObject({}),
  webhook_id: text,
});

/** upvest.md 3.3: `{ meta, data }`. */
export const portfolioOrderListSchema = z.object({
  meta: z.object({ total_count: z.number().int().optional() }).optional(),
  data: z.array(portfolioOrderSchema),
});

/** upvest.md 3.7: public keys of webhook signatures. */
export const verifyKeysSchema = z.object({
  keys: z.array(z.object({ kid: id, kty: z.string(), crv: text, x: text, y: text })),
});
export type UpvestVerifyKey = z.output<typeof verifyKeysSchema>['keys'][number];

/** upvest.md 3.7. */
export const webhookSchema = z.object({
  id,
  url: z.string(),
  title: text,
  enabled: z.boolean(),
  type: listOf(z.string()),
});
export type UpvestWebhook = z.output<typeof webhookSchema>;
export const webhookListSchema = z.object({ data: z.array(webhookSchema) });

/** upvest.md 1. */
export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });
