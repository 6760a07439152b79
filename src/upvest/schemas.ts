/**
 * What we read of Upvest's answers and events, tolerantly (upvest.md 6): unknown fields are dropped, unknown enum
 * values stay text, blanks and nulls count as absent, decimals stay strings. Only ids and statuses are required, and
 * the money of an execution. `user_id` is personal data and not read.
 */
import { z } from 'zod';
import { asSpecified, type TimeReaders } from './misprints';
import { present } from '../json';
import { readDate, readTimestamp } from './timestamp';

/**
 * Opaque: samples of the guides have ids that are no UUIDs (upvest.md 6 no. 3). They become workflow ids and search
 * attributes, hence bounded and printable.
 */
const id = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'is not an id of 1 to 200 printable characters');
const optionalId = z
  .union([z.literal(''), id])
  .nullish()
  .transform((value) => (value === '' ? undefined : (value ?? undefined)));
// Control characters and halves of surrogate pairs are nothing that a store of text has to take.
const plain = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters');
const status = plain.min(1).max(100);

/** A word or an id, which may become a search attribute; `""` = absent (upvest.md 6 no. 18). */
const text = plain
  .max(200)
  .nullish()
  .transform((value) => (value === null || value?.trim() === '' ? undefined : value));

const FREE_TEXT_CHARACTERS = 1000;
/** Words for humans; what is too long for a record is cut. */
const freeText = z
  .string()
  .nullish()
  .transform((value) =>
    value === null || value?.trim() === '' ? undefined : value?.slice(0, FREE_TEXT_CHARACTERS),
  );

/** Absent where unreadable: no time is worth refusing a status for. */
function time(read: (text: string) => string | undefined) {
  return z
    .unknown()
    .optional()
    .transform((value) => (typeof value === 'string' ? read(value) : undefined));
}
const timestamp = time(readTimestamp);

/** An object that says what happened to an order; `times` are its fields of which a human is told when unreadable. */
function report<S extends z.ZodRawShape>(times: TimeReaders, shape: S) {
  const fields = z.object({ ...shape, unreadable_times: z.array(z.string()).optional() });
  return z.preprocess((value) => asSpecified(value, times), fields);
}
const LIFE = { created_at: readTimestamp, updated_at: readTimestamp };

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

const portfolioOrderChildSchema = report({}, { id, side: text, status }).transform(({ id, side, status }) =>
  present({ id, side, status }),
);

/** upvest.md 4.1. */
export const portfolioOrderSchema = report(LIFE, {
  id,
  status,
  created_at: timestamp,
  updated_at: timestamp,
  account_id: text,
  allocation_id: text,
  cash_amount: optionalDecimal,
  currency: text,
  type: text,
  post_tax: z.boolean().nullish().catch(undefined),
  orders: listOf(portfolioOrderChildSchema),
  client_reference: text,
  initiation_flow: text,
  cancellation_reason: text,
  cancellation_details: freeText,
});
export type UpvestPortfolioOrder = z.output<typeof portfolioOrderSchema>;

const executionFields = {
  id,
  status,
  side: text,
  cash_amount: decimal,
  currency: plain.min(1).max(200),
  share_quantity: decimal,
  price: decimal,
  transaction_time: timestamp,
  taxes: listOf(z.object({ type: text, amount: optionalDecimal })),
  settlement_date: time(readDate),
};
const EXECUTION_TIMES = { transaction_time: readTimestamp, settlement_date: readDate };
/** upvest.md 4.3, without `order_id`, which only events carry for certain. */
export const executionSchema = report(EXECUTION_TIMES, executionFields);
export type UpvestExecution = z.output<typeof executionSchema>;

/** The object of `EXECUTION.*`: an event without its order cannot be routed. */
export const orderedExecutionSchema = report(EXECUTION_TIMES, { ...executionFields, order_id: id });

/** upvest.md 4.2. */
export const orderSchema = report(LIFE, {
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
export const orderCancellationSchema = report({}, { order_id: id, status, reason: freeText });

/** upvest.md 3.6: `portfolio_order_id` is null until there is one. */
export const rebalancingExecutionOrderSchema = report(LIFE, {
  id,
  status,
  execution_id: text,
  account_id: text,
  portfolio_order_id: optionalId,
  created_at: timestamp,
  updated_at: timestamp,
  cancellation_reason: text,
  cancellation_details: freeText,
});

/** upvest.md 5.1: one event of the envelope. */
export const eventSchema = report(
  { created_at: readTimestamp },
  {
    id,
    type: z.string().min(1).max(200),
    created_at: timestamp,
    object: z.looseObject({}),
    webhook_id: text,
  },
);

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

/** A list of Upvest's: `{ meta, data }` (upvest.md 3.3). */
function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    meta: z.object({ total_count: z.number().int().optional() }).optional(),
    data: z.array(item),
  });
}

/** upvest.md 3.5: single orders of an account. */
export const orderListSchema = pageOf(orderSchema);

/** upvest.md 3.6: the answer to the POST, which says no more than the id. */
export const rebalancingStartedSchema = z.object({ id });

/** upvest.md 3.6. */
export const rebalancingSchema = z.object({
  id,
  created_at: timestamp,
  updated_at: timestamp,
  accounts: listOf(z.string()),
  allocations: listOf(z.string()),
});
export type UpvestRebalancing = z.output<typeof rebalancingSchema>;

export type UpvestRebalancingOrder = z.output<typeof rebalancingExecutionOrderSchema>;
export const rebalancingOrderListSchema = pageOf(rebalancingExecutionOrderSchema);

/** upvest.md 3.7: what the webhook's address answered to a test event. Its headers are nobody's business here. */
export const webhookTestSchema = z.object({
  url: z.string().optional().catch(undefined),
  response: z.object({ status: z.number().int(), body: z.string().optional().catch(undefined) }),
});
export type UpvestWebhookTest = z.output<typeof webhookTestSchema>;
