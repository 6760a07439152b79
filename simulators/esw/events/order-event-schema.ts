import { z } from 'zod';
import { isJsonObject } from '../http/json-body';

/**
 * The OrderEvent body of references/esw.md#members: names and nesting as documented by ESW, nothing required, unknown
 * members kept but not validated. Written from that page alone, independent of the product's own schema.
 */

const text = z.string('The value must be a string.');
const flag = z.boolean('The value must be true or false.');
const anyNumber = z.union([z.number(), z.bigint()], 'The value must be a number.');
const decimal = anyNumber.transform(Number);
// Unsafe integers arrive as bigint (exact-json.ts) and stay bigint.
const int64 = anyNumber.refine(
  (n) => (typeof n === 'bigint' ? BigInt.asIntN(64, n) === n : Number.isSafeInteger(n)),
  'The value must be a 64-bit integer.',
);
const quantity = decimal.refine(
  (n) => Number.isInteger(n) && Math.abs(n) < 2 ** 31,
  'The value must be an integer.',
);
// GUIDs are not RFC-strict: most of ESW's own samples have invalid version or variant digits
// (references/esw.md#value-forms).
const guid = text.regex(
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  'The value is not a valid GUID.',
);
const alpha2 = text.regex(/^[A-Z]{2}$/, 'The value is not an ISO 3166-1 alpha-2 country code.');
const alpha3 = text.regex(/^[A-Z]{3}$/, 'The value is not an ISO 4217 alpha-3 currency code.');
const dateTime = text.refine(isUtcDateTime, 'The value is not an ISO 8601 UTC date-time.');

const metadataItems = list(members({ name: text, value: text }));
const charges = list(members({ name: text, value: members({ currency: alpha3, amount: decimal }) }));
const namedCharges = list(members({ type: text, charges }));
const orderCharge = members({ chargesInCurrency: namedCharges });
const baseTransaction = { id: guid, type: text, status: text };

const fxRate = members({
  name: text,
  fromCurrency: alpha3,
  toCurrency: alpha3,
  rawRate: decimal,
  margin: decimal,
  marginRate: decimal,
  rawSynchronizationId: guid,
  brandSynchronizationId: text,
});

const address = members({
  id: guid,
  type: text,
  firstName: text,
  lastName: text,
  address1: text,
  city: text,
  postalCode: text,
  region: text,
  country: alpha2,
  email: text,
  telephone: text,
  emailMarketingOptIn: flag,
});

const splitPayment = members({
  id: guid,
  pspReference: guid,
  attemptRef: guid,
  paymentMethod: text,
  last4Digits: text,
  preAuthorized: flag,
  settled: flag,
  chargesInCurrency: namedCharges,
});

const payment = members({
  id: guid,
  paymentAttemptReference: guid,
  method: text,
  paymentBrand: text,
  last4Digits: text,
  preAuthorized: flag,
  settled: flag,
  paymentTime: dateTime,
  isOverCounterMethod: flag,
  splitPayments: list(splitPayment),
});

const lineItem = members({
  id: guid,
  lineItemId: text,
  retailerLineItemId: text,
  quantity,
  metadataItems,
  product: members({}),
});

const orderTransaction = members({
  ...baseTransaction,
  transactionReference: guid,
  retailerTransactionDateTime: dateTime,
  actionedBy: text,
  actionedByUser: text,
  reason: text,
  metadataItems,
});

/** All 37 members of the body; parsing yields them under ESW's camelCase names. */
export const orderEventSchema = members({
  id: guid,
  monolithId: int64,
  orderType: text,
  brandOrderReference: text,
  parentBrandOrderReference: text,
  eswOrderReference: text,
  tenantCode: text,
  orderConfirmed: flag,
  status: text,
  deliveryCountryIso: alpha2,
  currencies: list(members({ name: text, value: alpha3 })),
  fxRates: list(fxRate),
  creationDateTime: dateTime,
  lastUpdateDateTime: dateTime,
  lastUpdateUser: text,
  retailerInvoice: members({ number: text, date: dateTime }),
  aggregateIds: list(members({ name: text, value: text })),
  shopperExperience: members({
    cultureLanguage: text,
    customerNumber: text,
    carrierCustomerNumber: text,
    emailMarketingOptIn: flag,
  }),
  metadataItems,
  dates: list(members({ name: text, value: dateTime })),
  deliveryOption: members({ code: text, vatRate: decimal, type: text }),
  payment,
  addresses: list(address),
  lineItems: list(lineItem),
  orderCharges: orderCharge,
  retailerOrderCharges: orderCharge,
  otherOrderCharges: orderCharge,
  balances: members({ balancesInCurrency: namedCharges }),
  comments: list(members({ id: guid, actionType: text, text, creationDateTime: dateTime })),
  financialTransactions: list(members({ ...baseTransaction, paymentId: guid })),
  lastTransaction: members(baseTransaction),
  orderTransactions: list(orderTransaction),
  instructionsHeaders: list(
    members({
      id: guid,
      instructionCategory: text,
      instructions: list(members({ monolithOrderArticleId: int64, preship: flag })),
    }),
  ),
  holdStatus: text,
  allocationStatus: text,
  cartValueType: text,
  channelId: text,
});

/** A valid event body: typed known members, and unknown members as received. */
export type OrderEventBody = z.infer<typeof orderEventSchema>;

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, 'The value must be an array.');
}

/** An object with optional members and case-insensitive names, as in ASP.NET (references/esw.md#value-forms). */
function members<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  const bind = (value: unknown) =>
    isJsonObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, v]) => [names.get(name.toLowerCase()) ?? name, v]),
        )
      : value;
  return z.preprocess(bind, z.looseObject(shape, 'The value must be an object.').partial());
}

/** ISO 8601 UTC with `Z`, 0 to 7 fraction digits and an existing date. */
function isUtcDateTime(value: string): boolean {
  const seconds = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,7})?Z$/.exec(value)?.[1];
  if (seconds === undefined) return false;
  // Date.parse turns 30 February into a day in March, so the formatted date must match the input.
  const time = Date.parse(`${seconds}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(seconds);
}
