/**
 * A body with every member of ESW's sample, and the values of the sample and tables (references/esw.md#members). The
 * sample itself contains comments and is not JSON.
 */
const charges = (type: string, name: string, amount: number) => [
  { type, charges: [{ name, value: { currency: 'EUR', amount } }] },
];

// Without version and variant of RFC 9562, like most GUIDs in the sample.
const guid = (digit: string): string => `${digit.repeat(8)}-1234-0234-0234-${digit.repeat(12)}`;

export const everyMember = {
  id: guid('a'),
  monolithId: 4711,
  orderType: 'Sale',
  brandOrderReference: 'BO-1',
  parentBrandOrderReference: 'BO-0',
  eswOrderReference: 'ESW-1',
  tenantCode: 'ACME',
  orderConfirmed: true,
  status: 'OrderConfirmed',
  deliveryCountryIso: 'IE',
  currencies: [{ name: 'OrderCurrency', value: 'EUR' }],
  fxRates: [
    {
      name: 'EUR->EUR',
      fromCurrency: 'EUR',
      toCurrency: 'EUR',
      rawRate: 1,
      margin: 0,
      marginRate: 1.05,
      rawSynchronizationId: guid('b'),
      brandSynchronizationId: 'sync-1',
    },
  ],
  creationDateTime: '2026-01-02T09:00:00Z',
  lastUpdateDateTime: '2026-01-02T09:00:00.1234567Z',
  lastUpdateUser: 'user@example.com',
  retailerInvoice: { number: 'INV-1', date: '2026-01-02T09:00:00.1Z' },
  aggregateIds: [{ name: 'BasketId', value: 'b-1' }],
  shopperExperience: {
    cultureLanguage: 'en-IE',
    customerNumber: 'c-1',
    carrierCustomerNumber: 'cc-1',
    emailMarketingOptIn: false,
  },
  metadataItems: [{ name: 'Source', value: 'Web' }],
  dates: [{ name: 'OrderPlaced', value: '2026-01-02T09:00:00.000Z' }],
  deliveryOption: { code: 'EXPRESS', vatRate: 23.0, type: 'Courier' },
  payment: {
    id: guid('c'),
    paymentAttemptReference: guid('d'),
    method: 'Card',
    paymentBrand: 'Visa',
    last4Digits: '0042',
    preAuthorized: true,
    settled: false,
    paymentTime: '2026-01-02T09:00:00.000Z',
    isOverCounterMethod: false,
    splitPayments: [
      {
        id: guid('e'),
        pspReference: guid('f'),
        attemptRef: guid('0'),
        paymentMethod: 'Card',
        last4Digits: '4242',
        preAuthorized: true,
        settled: false,
        chargesInCurrency: charges('Amount', 'Merchandise', 99.99),
      },
    ],
  },
  addresses: [
    {
      id: guid('1'),
      type: 'Shipping',
      firstName: 'A',
      lastName: 'B',
      address1: '1 Street',
      city: 'Dublin',
      postalCode: 'D01',
      region: 'Leinster',
      country: 'IE',
      email: 'a@example.com',
      telephone: '+353',
      emailMarketingOptIn: true,
    },
  ],
  lineItems: [
    {
      id: guid('2'),
      lineItemId: 'LI-001',
      retailerLineItemId: 'RLI-001',
      quantity: 2,
      metadataItems: [{ name: 'GiftWrap', value: 'true' }],
      product: { anything: ['goes'] },
    },
  ],
  orderCharges: { chargesInCurrency: charges('Total', 'Merchandise', 168.21) },
  retailerOrderCharges: { chargesInCurrency: charges('RetailerTotals', 'Merchandise', 150) },
  otherOrderCharges: { chargesInCurrency: charges('Other', 'GiftWrap', 5) },
  balances: { balancesInCurrency: charges('OrderBalance', 'BalanceDue', 168.21) },
  comments: [
    {
      id: guid('3'),
      actionType: 'CustomerNote',
      text: 'Ring twice',
      creationDateTime: '2026-01-02T09:00:00Z',
    },
  ],
  financialTransactions: [{ id: guid('4'), type: 'Authorisation', status: 'Approved', paymentId: guid('c') }],
  lastTransaction: { id: guid('5'), type: 'OrderPlaced', status: 'Completed' },
  orderTransactions: [
    {
      id: guid('5'),
      type: 'OrderPlaced',
      status: 'Completed',
      transactionReference: guid('6'),
      retailerTransactionDateTime: '2026-01-02T09:00:00.000Z',
      actionedBy: 'Retailer',
      actionedByUser: 'user@example.com',
      reason: 'NewOrder',
      metadataItems: [{ name: 'Source', value: 'Web' }],
    },
  ],
  instructionsHeaders: [
    {
      id: guid('7'),
      instructionCategory: 'Fulfillment',
      instructions: [{ monolithOrderArticleId: 4712, preship: false }],
    },
  ],
  holdStatus: 'None',
  allocationStatus: 'Allocated',
  cartValueType: 'Gross',
  channelId: 'WEB-IE',
};

/** The body that ESW's own try-it page sends lacks some of the required members. */
export const tryItBody = {
  id: guid('a'),
  orderType: 'Checkout',
  tenantCode: 'ACME',
  status: 'Created',
  creationDateTime: '2026-01-02T09:00:00.000Z',
  orderConfirmed: false,
};

/** Bodies with one error each, and its path. */
export const brokenBodies: [what: string, body: unknown, path: string][] = [
  ['a list', [], ''],
  ['text', 'hello', ''],
  ['null for a member', { orderType: null }, 'orderType'],
  ['an invalid GUID', { id: 'event-1' }, 'id'],
  ['a GUID in braces', { id: `{${guid('a')}}` }, 'id'],
  [
    'an amount as text',
    { orderCharges: { chargesInCurrency: [{ charges: [{ value: { amount: '1' } }] }] } },
    'orderCharges.chargesInCurrency.0.charges.0.value.amount',
  ],
  ['a fractional quantity', { lineItems: [{ quantity: 0.5 }] }, 'lineItems.0.quantity'],
  ['a quantity as text', { lineItems: [{ quantity: '1' }] }, 'lineItems.0.quantity'],
  ['a line item’s number as a number', { lineItems: [{ lineItemId: 1 }] }, 'lineItems.0.lineItemId'],
  ['an order number with a fraction', { monolithId: 1.5 }, 'monolithId'],
  ['an order number as text', { monolithId: '4711' }, 'monolithId'],
  [
    'an article number as text',
    { instructionsHeaders: [{ instructions: [{ monolithOrderArticleId: '1' }] }] },
    'instructionsHeaders.0.instructions.0.monolithOrderArticleId',
  ],
  ['a local time', { creationDateTime: '2026-01-02T09:00:00' }, 'creationDateTime'],
  ['an offset', { creationDateTime: '2026-01-02T09:00:00+00:00' }, 'creationDateTime'],
  ['a time without seconds', { creationDateTime: '2026-01-02T09:00Z' }, 'creationDateTime'],
  ['a day that does not exist', { creationDateTime: '2026-02-30T09:00:00Z' }, 'creationDateTime'],
  ['eight fraction digits', { creationDateTime: '2026-01-02T09:00:00.12345678Z' }, 'creationDateTime'],
  ['a date alone', { dates: [{ name: 'OrderPlaced', value: '2026-01-02' }] }, 'dates.0.value'],
  ['a country of three letters', { deliveryCountryIso: 'IRL' }, 'deliveryCountryIso'],
  ['a country in lower case', { addresses: [{ country: 'ie' }] }, 'addresses.0.country'],
  ['a currency’s sign', { currencies: [{ value: '€' }] }, 'currencies.0.value'],
  ['a flag as text', { orderConfirmed: 'true' }, 'orderConfirmed'],
  ['one object for a list', { lineItems: {} }, 'lineItems'],
  ['a list for one object', { payment: [] }, 'payment'],
];
