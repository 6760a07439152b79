/** The first worked example of references/esw.md#examples, shortened to one child. */
export const orderEvent = {
  id: 'b5e37b25-39ef-546c-9dbb-eddbe6deeb2c',
  orderType: 'Buy',
  brandOrderReference: 'SP-2026-000481',
  tenantCode: 'PFOLIO',
  orderConfirmed: true,
  status: 'Confirmed',
  deliveryCountryIso: 'DE',
  currencies: [
    { name: 'OrderCurrency', value: 'EUR' },
    { name: 'ShopperCurrency', value: 'EUR' },
  ],
  creationDateTime: '2026-03-02T09:00:07.412Z',
  lastUpdateDateTime: '2026-03-02T09:00:07.412Z',
  lastUpdateUser: 'portfolio-coordinator@retailer.example',
  aggregateIds: [
    { name: 'PortfolioOrderId', value: '5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11' },
    { name: 'WorkflowId', value: 'portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11' },
  ],
  metadataItems: [{ name: 'Source', value: 'PortfolioOrderCoordinator' }],
  dates: [{ name: 'OrderPlaced', value: '2026-03-02T09:00:00.000Z' }],
  lineItems: [
    {
      id: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01',
      lineItemId: 'LI-001',
      retailerLineItemId: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01',
      quantity: 1,
      metadataItems: [{ name: 'Side', value: 'BUY' }],
    },
  ],
  orderCharges: {
    chargesInCurrency: [
      { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'EUR', amount: 1000 } }] },
    ],
  },
  balances: {
    balancesInCurrency: [
      { type: 'OrderBalance', charges: [{ name: 'BalanceDue', value: { currency: 'EUR', amount: 999.97 } }] },
    ],
  },
  financialTransactions: [
    { id: 'c41d7f20-5b3a-4f6e-8a90-3d2e1f0b7a01', type: 'Settlement', status: 'Pending' },
  ],
  lastTransaction: {
    id: 'f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56',
    type: 'OrderConfirmed',
    status: 'Completed',
  },
  orderTransactions: [
    {
      id: 'f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56',
      type: 'OrderConfirmed',
      status: 'Completed',
      transactionReference: '1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02',
      retailerTransactionDateTime: '2026-03-02T09:00:07.412Z',
      actionedBy: 'Retailer',
      actionedByUser: 'portfolio-coordinator@retailer.example',
    },
  ],
};

/** The event for the client to send; laid out oddly, so that a re-serialisation would show. */
export const outgoing = {
  id: orderEvent.id,
  body: JSON.stringify(orderEvent, null, ' ').replace('SP-2026-000481', 'SP-2026-ü€'),
  correlationId: 'portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11',
  sentBefore: false,
};

/** A child's event, with the members that only children have (references/esw.md#examples no. 4). */
export const childEvent = {
  ...orderEvent,
  id: '68ec9c5b-2726-56bd-ae71-c8e5ab3a02dd',
  status: 'Fulfilled',
  brandOrderReference: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01',
  parentBrandOrderReference: 'SP-2026-000481',
};
