/** Random bodies that we may send, with every optional member there or not (references/esw.md#mapping). */
import fc from 'fast-check';

const guid = fc
  .stringMatching(/^[0-9a-fA-F]{32}$/)
  .map((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(256)) },
);
const currency = fc.stringMatching(/^[A-Z]{3}$/);
const time = fc
  .tuple(
    fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
    fc.stringMatching(/^(\.[0-9]{1,7})?$/),
  )
  .map(([date, fraction]) => date.toISOString().replace(/\.\d{3}Z$/, `${fraction}Z`));
/** Of whole and fraction, as decimals are on their way to the wire. */
const amount = fc
  .tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([whole, millionths]) => Number(`${whole}.${String(millionths).padStart(6, '0')}`));

function named(value: fc.Arbitrary<string>): fc.Arbitrary<{ name: string; value: string }[]> {
  return fc.uniqueArray(fc.record({ name: text, value }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ name }) => name,
  });
}

function some<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength: 1, maxLength: 3 });
}

const charge = fc.record({ name: text, value: fc.record({ currency, amount }) });
const namedCharges = some(fc.record({ type: text, charges: some(charge) }));
const transaction = { id: guid, type: text, status: text };
const lineItem = fc.record(
  {
    id: guid,
    lineItemId: text,
    retailerLineItemId: text,
    quantity: fc.integer({ min: 1 }),
    metadataItems: named(text),
  },
  { requiredKeys: ['id', 'lineItemId', 'retailerLineItemId', 'quantity'] },
);
const orderTransaction = fc.record(
  {
    ...transaction,
    transactionReference: guid,
    retailerTransactionDateTime: time,
    actionedBy: text,
    actionedByUser: text,
    reason: text,
    metadataItems: named(text),
  },
  {
    requiredKeys: [
      'id',
      'type',
      'status',
      'transactionReference',
      'retailerTransactionDateTime',
      'actionedBy',
    ],
  },
);

const members = {
  id: guid,
  orderType: text,
  brandOrderReference: text,
  eswOrderReference: text,
  tenantCode: text,
  orderConfirmed: fc.boolean(),
  status: text,
  deliveryCountryIso: fc.stringMatching(/^[A-Z]{2}$/),
  currencies: named(currency),
  creationDateTime: time,
  lastUpdateDateTime: time,
  lastUpdateUser: text,
  aggregateIds: named(text),
  metadataItems: named(text),
  dates: named(time),
  orderCharges: fc.record({ chargesInCurrency: namedCharges }),
  balances: fc.record({ balancesInCurrency: namedCharges }),
  comments: some(fc.record({ id: guid, actionType: text, text, creationDateTime: time })),
  financialTransactions: some(fc.record(transaction)),
  lastTransaction: fc.record(transaction),
  orderTransactions: some(orderTransaction),
  channelId: text,
};
const requiredKeys = [
  'id',
  'brandOrderReference',
  'tenantCode',
  'orderConfirmed',
  'status',
  'creationDateTime',
  'lastUpdateDateTime',
  'lastTransaction',
  'orderTransactions',
] as const;

const ofPortfolioOrder = fc.record(
  { ...members, lineItems: some(lineItem) },
  { requiredKeys: [...requiredKeys] },
);
const ofChild = fc.record(
  { ...members, parentBrandOrderReference: text, lineItems: fc.tuple(lineItem) },
  { requiredKeys: [...requiredKeys, 'parentBrandOrderReference', 'lineItems'] },
);

export const anyOrderEvent: fc.Arbitrary<Record<string, unknown>> = fc.oneof(ofPortfolioOrder, ofChild);
