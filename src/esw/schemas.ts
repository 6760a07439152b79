/**
 * The part of ESW's OrderEvent that we send (esw-order-event.md 2, 8.4). Strict, because ESW is not known to check:
 * no unknown member, no blank, no empty list leaves this house. Personal data has no member here.
 */
import { z } from 'zod';

// Not `z.uuid()`: most GUIDs that ESW prints have no valid version or variant (esw-order-event.md 2.1).
const guid = z.guid();
const text = z.string().min(1).max(256);
const country = z.string().regex(/^[A-Z]{2}$/);
const currency = z.string().regex(/^[A-Z]{3}$/);
/** ISO 8601 in UTC. */
const time = z.iso.datetime();

/** Names are unique within one array (esw-order-event.md 8.4). */
function named(value: z.ZodType<string>) {
  return z
    .array(z.strictObject({ name: text, value }))
    .min(1)
    .refine((items) => new Set(items.map(({ name }) => name)).size === items.length, 'has a name twice');
}

const charge = z.strictObject({
  name: text,
  value: z.strictObject({ currency, amount: z.number().nonnegative() }),
});
const namedCharges = z.array(z.strictObject({ type: text, charges: z.array(charge).min(1) })).min(1);
const transaction = { id: guid, type: text, status: text };

export const orderEventSchema = z.strictObject({
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
  creationDateTime: time,
  lastUpdateDateTime: time,
  lastUpdateUser: text.optional(),
  aggregateIds: named(text).optional(),
  metadataItems: named(text).optional(),
  dates: named(time).optional(),
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
    .max(200)
    .optional(),
  orderCharges: z.strictObject({ chargesInCurrency: namedCharges }).optional(),
  balances: z.strictObject({ balancesInCurrency: namedCharges }).optional(),
  comments: z
    .array(
      z.strictObject({
        id: guid,
        actionType: text,
        text: z.string().min(1).max(2000),
        creationDateTime: time,
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
        retailerTransactionDateTime: time,
        actionedBy: text,
        actionedByUser: text.optional(),
        reason: text.optional(),
        metadataItems: named(text).optional(),
      }),
    )
    .min(1),
  channelId: text.optional(),
});
export type EswOrderEvent = z.output<typeof orderEventSchema>;

/** esw-order-event.md 3. */
export const eswTokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });
