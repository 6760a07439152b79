/** The worked example of references/esw.md#examples no. 1: a portfolio order of three children reaches PROCESSING. */
export const processingEvent = {
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
    { name: 'AccountId', value: 'b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20' },
    { name: 'AllocationId', value: '0d9e4f61-2b7c-4a15-bb3c-91c6c0a7e402' },
    { name: 'OrderId-1', value: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01' },
    { name: 'OrderId-2', value: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02' },
    { name: 'OrderId-3', value: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03' },
    { name: 'WebhookEventId', value: '1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02' },
    { name: 'WebhookId', value: 'e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55' },
    { name: 'WorkflowId', value: 'portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11' },
  ],
  metadataItems: [
    { name: 'Source', value: 'PortfolioOrderCoordinator' },
    { name: 'MappingVersion', value: '1' },
    { name: 'PortfolioOrderStatus', value: 'PROCESSING' },
    { name: 'PortfolioOrderType', value: 'BUY' },
    { name: 'InitiationFlow', value: 'API' },
    { name: 'PostTax', value: 'false' },
  ],
  dates: [
    { name: 'OrderPlaced', value: '2026-03-02T09:00:00.000Z' },
    { name: 'OrderConfirmed', value: '2026-03-02T09:00:07.412Z' },
  ],
  lineItems: [
    {
      id: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01',
      lineItemId: 'LI-001',
      retailerLineItemId: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01',
      quantity: 1,
      metadataItems: [
        { name: 'Side', value: 'BUY' },
        { name: 'OrderStatus', value: 'PROCESSING' },
      ],
    },
    {
      id: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02',
      lineItemId: 'LI-002',
      retailerLineItemId: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02',
      quantity: 1,
      metadataItems: [
        { name: 'Side', value: 'BUY' },
        { name: 'OrderStatus', value: 'NEW' },
      ],
    },
    {
      id: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03',
      lineItemId: 'LI-003',
      retailerLineItemId: '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03',
      quantity: 1,
      metadataItems: [
        { name: 'Side', value: 'BUY' },
        { name: 'OrderStatus', value: 'NEW' },
      ],
    },
  ],
  orderCharges: {
    chargesInCurrency: [
      { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'EUR', amount: 1000 } }] },
    ],
  },
  balances: {
    balancesInCurrency: [
      {
        type: 'OrderBalance',
        charges: [
          { name: 'Ordered', value: { currency: 'EUR', amount: 1000 } },
          { name: 'BalanceDue', value: { currency: 'EUR', amount: 1000 } },
        ],
      },
    ],
  },
  lastTransaction: {
    id: 'f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56',
    type: 'OrderConfirmed',
    status: 'Completed',
  },
  orderTransactions: [
    {
      id: '9ac655b0-5271-547a-a92b-6b1791e2a367',
      type: 'OrderPlaced',
      status: 'Completed',
      transactionReference: '1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e01',
      retailerTransactionDateTime: '2026-03-02T09:00:00.120Z',
      actionedBy: 'Retailer',
      actionedByUser: 'portfolio-coordinator@retailer.example',
      reason: 'NewOrder',
    },
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
