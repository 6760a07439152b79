/**
 * Schema of the OrderEvents that we send: a subset of ESW's schema (`published/schema.ts`) with our own rules
 * (references/esw.md#limits, #mapping). Strict, because ESW may not validate: unknown members, blanks and empty lists
 * are rejected. There are no members for personal data.
 */
import { z } from 'zod';
import { describeIssues, parseJson } from '../../src/lib/json';
import { country, currency, guid, utcTime } from '../../src/esw/published/values';

/** Our own limits; ESW publishes none (references/esw.md#limits). */
const MAX_TEXT = 256;
const MAX_COMMENT = 2000;
const MAX_LINE_ITEMS = 200;
const MAX_BODY_BYTES = 256 * 1024;

const text = z.string().min(1).max(MAX_TEXT);

/**
 * Not negative, with no more digits than survive the conversion from decimal to double to text
 * (references/esw.md#amounts). The domain's `toWireNumber` makes only such numbers.
 */
const amount = z.number().refine((value) => {
  // Same text as in JSON. Numbers with an exponent are too large or too small.
  const printed = String(value);
  const digits = printed.replace('.', '').replace(/^0+/, '');
  return /^\d+(\.\d+)?$/.test(printed) && digits.length <= 15;
}, 'is negative, or has an exponent or more than 15 significant digits');

/** Names are unique within one array (references/esw.md#member-values). */
function named(value: z.ZodType<string>) {
  return z
    .array(z.strictObject({ name: text, value }))
    .min(1)
    .refine((items) => new Set(items.map(({ name }) => name)).size === items.length, 'has a name twice');
}

const charge = z.strictObject({ name: text, value: z.strictObject({ currency, amount }) });
const namedCharges = z.array(z.strictObject({ type: text, charges: z.array(charge).min(1) })).min(1);
const transaction = { id: guid, type: text, status: text };

/** For portfolio orders, and with a parent for their children and executions. */
export const orderEventSchema = z
  .strictObject({
    id: guid,
    orderType: text.optional(),
    brandOrderReference: text,
    parentBrandOrderReference: text.optional(),
    eswOrderReference: text.optional(),
    tenantCode: text,
    orderConfirmed: z.boolean(),
    status: text,
    deliveryCountryIso: country.optional(),
    currencies: named(currency).optional(),
    creationDateTime: utcTime,
    lastUpdateDateTime: utcTime,
    lastUpdateUser: text.optional(),
    aggregateIds: named(text).optional(),
    metadataItems: named(text).optional(),
    dates: named(utcTime).optional(),
    lineItems: z
      .array(
        z.strictObject({
          id: guid,
          lineItemId: text,
          retailerLineItemId: text,
          quantity: z.int().positive(),
          metadataItems: named(text).optional(),
        }),
      )
      .min(1)
      .max(MAX_LINE_ITEMS)
      .optional(),
    orderCharges: z.strictObject({ chargesInCurrency: namedCharges }).optional(),
    balances: z.strictObject({ balancesInCurrency: namedCharges }).optional(),
    comments: z
      .array(
        z.strictObject({
          id: guid,
          actionType: text,
          text: z.string().min(1).max(MAX_COMMENT),
          creationDateTime: utcTime,
        }),
      )
      .min(1)
      .optional(),
    financialTransactions: z.array(z.strictObject(transaction)).min(1).optional(),
    lastTransaction: z.strictObject(transaction),
    orderTransactions: z
      .array(
        z.strictObject({
          ...transaction,
          transactionReference: guid,
          retailerTransactionDateTime: utcTime,
          actionedBy: text,
          actionedByUser: text.optional(),
          reason: text.optional(),
          metadataItems: named(text).optional(),
        }),
      )
      .min(1),
    channelId: text.optional(),
  })
  // A child's event has that child only (references/esw.md#member-values).
  .refine(
    ({ parentBrandOrderReference, lineItems }) =>
      parentBrandOrderReference === undefined || lineItems?.length === 1,
    { path: ['lineItems'], error: 'must be only the child order itself' },
  );
export type EswOrderEvent = z.output<typeof orderEventSchema>;

/**
 * Why `body` must not be sent as the event `id`, without its values; undefined if it may be sent.
 */
export function reasonNotToSend(id: string, body: string): string | undefined {
  const bytes = Buffer.byteLength(body, 'utf8');
  if (bytes > MAX_BODY_BYTES) return `it has ${bytes} bytes, more than ${MAX_BODY_BYTES}`;
  const { data, error } = orderEventSchema.safeParse(parseJson(body));
  if (error !== undefined) return describeIssues(error);
  return data.id === id ? undefined : 'its id differs';
}
