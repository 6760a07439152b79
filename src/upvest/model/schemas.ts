/**
 * Lenient schemas of Upvest's answers and events (references/upvest.md#known-inconsistencies): unknown fields are
 * dropped, unknown enum values stay text, blanks and nulls count as absent, decimals stay strings. Only ids, statuses
 * and the money of an execution are required. `user_id` is personal data and not read.
 */
import { z } from 'zod';
import { MAX_PARTS } from '../../domain/broker/record';
import { normalised, type TimeReaders } from './lenient-fields';
import { present } from '../../lib/json';
import { expiresInSchema } from '../../lib/oauth-token';
import { safeText } from '../../lib/text';
import { inOneSpelling } from '../../domain/values/uuid';
import { readDate, readTimestamp } from './timestamp';

/**
 * Opaque: some ids in the guides are not UUIDs (references/upvest.md#known-inconsistencies no. 3). Limited to short
 * printable text, since ids become workflow ids and search attributes. UUIDs have one spelling.
 */
const idAsSent = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'is not an id of 1 to 200 printable characters');
const id = idAsSent.transform(inOneSpelling);
const optionalId = z
  .union([z.literal(''), id])
  .nullish()
  .transform((value) => (value === '' ? undefined : (value ?? undefined)));
// Without control characters and unpaired surrogates, which text stores may reject.
const printable = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has control characters');
const status = printable.min(1).max(100);

/**
 * A code or an id, which may become a search attribute; `""` counts as absent
 * (references/upvest.md#known-inconsistencies no. 18).
 */
const text = printable
  .max(200)
  .nullish()
  .transform((value) =>
    value === null || value === undefined || value.trim() === '' ? undefined : inOneSpelling(value),
  );

const FREE_TEXT_CHARACTERS = 1000;
/** Text for people, truncated for the record. */
const freeText = z
  .string()
  .nullish()
  .transform((value) =>
    value === null || value === undefined || value.trim() === ''
      ? undefined
      : safeText(value, FREE_TEXT_CHARACTERS),
  );

/** Absent if unreadable: an invalid time must not reject a status. */
function time(read: (text: string) => string | undefined) {
  return z
    .unknown()
    .optional()
    .transform((value) => (typeof value === 'string' ? read(value) : undefined));
}
const timestamp = time(readTimestamp);

/** An object that reports on an order. @param times fields that raise a finding when unreadable */
function report<S extends z.ZodRawShape>(times: TimeReaders, shape: S) {
  const fields = z.object({ ...shape, unreadable_times: z.array(z.string()).optional() });
  return z.preprocess((value) => normalised(value, times), fields);
}
const CREATED_UPDATED = { created_at: readTimestamp, updated_at: readTimestamp };

// Upvest's patterns allow a missing integer part (references/upvest.md#place-a-portfolio-order); it is restored, since
// consumers do not expect ".5".
const decimal = z
  .string()
  .regex(/^(\d{1,63}(\.\d{1,27})?|\.\d{1,27})$/, 'is not a decimal string')
  .transform((value) => (value.startsWith('.') ? `0${value}` : value));
const optionalDecimal = z
  .union([z.literal('').transform(() => undefined), decimal])
  .nullish()
  .transform((value) => value ?? undefined);
/** Absent if unreadable, and then named: money beside the trade must not reject a status. */
function feeIn(sent: unknown): { fee?: string; unreadable_amounts?: string[] } {
  if (typeof sent === 'string' && sent.trim() === '') return {};
  const { success, data } = optionalDecimal.safeParse(sent);
  if (!success) return { unreadable_amounts: ['fee'] };
  return data === undefined ? {} : { fee: data };
}

/** Also as text; absent if unreadable. */
const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .nullish()
  .catch(undefined);

function listOf<T extends z.ZodType>(item: T, max = Infinity) {
  return z
    .array(item)
    .max(max, `has more than ${max} items`)
    .nullish()
    .transform((items) => items ?? []);
}

const portfolioOrderChildSchema = report({}, { id, side: text, status }).transform(({ id, side, status }) =>
  present({ id, side, status }),
);

/** references/upvest.md#portfolio-order. */
export const portfolioOrderSchema = report(CREATED_UPDATED, {
  id,
  status,
  created_at: timestamp,
  updated_at: timestamp,
  account_id: text,
  allocation_id: text,
  cash_amount: optionalDecimal,
  currency: text,
  type: text,
  post_tax: flag,
  orders: listOf(portfolioOrderChildSchema, MAX_PARTS),
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
  currency: printable.min(1).max(200),
  share_quantity: decimal,
  price: decimal,
  transaction_time: timestamp,
  taxes: listOf(z.object({ type: text, amount: optionalDecimal })),
  settlement_date: time(readDate),
};
const EXECUTION_TIMES = { transaction_time: readTimestamp, settlement_date: readDate };
/** references/upvest.md#execution, without `order_id`, which only events always have. */
export const executionSchema = report(EXECUTION_TIMES, executionFields);
export type UpvestExecution = z.output<typeof executionSchema>;

/** The object of `EXECUTION.*`, with the order id that routing needs. */
export const orderedExecutionSchema = report(EXECUTION_TIMES, { ...executionFields, order_id: id });

/** references/upvest.md#order. */
export const orderSchema = report(CREATED_UPDATED, {
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
  fee: z.unknown().optional(),
  cancellation_reason: text,
  initiation_flow: text,
  client_reference: text,
  executions: listOf(executionSchema, MAX_PARTS),
}).transform(({ fee, ...order }) => ({ ...order, ...feeIn(fee) }));
export type UpvestOrder = z.output<typeof orderSchema>;

/** references/upvest.md#order-cancellation-rejected: no id and no times of its own. */
export const orderCancellationSchema = report({}, { order_id: id, status, reason: freeText });

/** references/upvest.md#rebalancing: `portfolio_order_id` is null at first. */
export const rebalancingExecutionOrderSchema = report(CREATED_UPDATED, {
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

/** references/upvest.md#webhook-envelope: an event of the envelope. */
export const eventSchema = report(
  { created_at: readTimestamp },
  {
    id: idAsSent,
    type: printable.min(1).max(200),
    created_at: timestamp,
    object: z.looseObject({}),
    webhook_id: text,
  },
);

/** references/upvest.md#read-portfolio-orders: `{ meta, data }`, with items that are parsed one by one. */
export const portfolioOrderListSchema = z.object({
  meta: z.object({ total_count: z.number().int().optional() }).optional(),
  data: z.array(z.unknown()),
});

/** references/upvest.md#webhook-subscriptions: public keys of webhook signatures. */
export const verifyKeysSchema = z.object({
  keys: z.array(z.object({ kid: idAsSent, kty: z.string(), crv: text, x: text, y: text })),
});
export type UpvestVerifyKey = z.output<typeof verifyKeysSchema>['keys'][number];

/** references/upvest.md#webhook-subscriptions. */
export const webhookSchema = z.object({
  id: idAsSent,
  url: z.string(),
  title: text,
  enabled: z.boolean(),
  type: listOf(z.string()),
  config: z
    .object({ delay: text, max_package_size: z.number().int().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
export type UpvestWebhook = z.output<typeof webhookSchema>;
export const webhookListSchema = z.object({ data: z.array(webhookSchema) });

/** references/upvest.md#authentication. */
export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: expiresInSchema });

/** An Upvest list: `{ meta, data }` (references/upvest.md#read-portfolio-orders). */
function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    meta: z.object({ total_count: z.number().int().optional() }).optional(),
    data: z.array(item),
  });
}

/** references/upvest.md#individual-orders: single orders of an account. */
export const orderListSchema = pageOf(orderSchema);

/** references/upvest.md#rebalancing: the answer to the POST, which has only the id. */
export const rebalancingStartedSchema = z.object({ id });

/** references/upvest.md#rebalancing. */
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

/** references/upvest.md#webhook-subscriptions: the webhook's answer to a test event. Its headers are not read. */
export const webhookTestSchema = z.object({
  url: z.string().optional().catch(undefined),
  response: z.object({ status: z.number().int(), body: z.string().optional().catch(undefined) }),
});
export type UpvestWebhookTest = z.output<typeof webhookTestSchema>;
