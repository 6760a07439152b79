/**
 * The worked examples of references/esw.md#examples, written out by hand by the rules of references/esw.md#mapping.
 */

/** Example 1: PROCESSING. */
export const PROCESSING_EVENT = `{
  "id": "b5e37b25-39ef-546c-9dbb-eddbe6deeb2c",
  "orderType": "Buy",
  "brandOrderReference": "SP-2026-000481",
  "tenantCode": "PFOLIO",
  "orderConfirmed": true,
  "status": "Confirmed",
  "deliveryCountryIso": "DE",
  "currencies": [{"name": "OrderCurrency", "value": "EUR"}, {"name": "ShopperCurrency", "value": "EUR"}],
  "creationDateTime": "2026-03-02T09:00:07.412Z",
  "lastUpdateDateTime": "2026-03-02T09:00:07.412Z",
  "lastUpdateUser": "portfolio-coordinator@retailer.example",
  "aggregateIds": [
    {"name": "PortfolioOrderId", "value": "5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"},
    {"name": "AccountId", "value": "b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20"},
    {"name": "AllocationId", "value": "0d9e4f61-2b7c-4a15-bb3c-91c6c0a7e402"},
    {"name": "OrderId-1", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01"},
    {"name": "OrderId-2", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02"},
    {"name": "OrderId-3", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03"},
    {"name": "WebhookEventId", "value": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02"},
    {"name": "WebhookId", "value": "e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55"},
    {"name": "WorkflowId", "value": "portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"}
  ],
  "metadataItems": [
    {"name": "Source", "value": "PortfolioOrderCoordinator"},
    {"name": "MappingVersion", "value": "1"},
    {"name": "PortfolioOrderStatus", "value": "PROCESSING"},
    {"name": "PortfolioOrderType", "value": "BUY"},
    {"name": "InitiationFlow", "value": "API"},
    {"name": "PostTax", "value": "false"}
  ],
  "dates": [
    {"name": "OrderPlaced", "value": "2026-03-02T09:00:00.000Z"},
    {"name": "OrderConfirmed", "value": "2026-03-02T09:00:07.412Z"}
  ],
  "lineItems": [
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "lineItemId": "LI-001",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "quantity": 1,
      "metadataItems": [{"name": "Side", "value": "BUY"}, {"name": "OrderStatus", "value": "PROCESSING"}]
    },
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02",
      "lineItemId": "LI-002",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02",
      "quantity": 1,
      "metadataItems": [{"name": "Side", "value": "BUY"}, {"name": "OrderStatus", "value": "NEW"}]
    },
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03",
      "lineItemId": "LI-003",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03",
      "quantity": 1,
      "metadataItems": [{"name": "Side", "value": "BUY"}, {"name": "OrderStatus", "value": "NEW"}]
    }
  ],
  "orderCharges": {
    "chargesInCurrency": [
      {"type": "Total", "charges": [{"name": "CashAmount", "value": {"currency": "EUR", "amount": 1000}}]}
    ]
  },
  "balances": {
    "balancesInCurrency": [
      {
        "type": "OrderBalance",
        "charges": [
          {"name": "Ordered", "value": {"currency": "EUR", "amount": 1000}},
          {"name": "BalanceDue", "value": {"currency": "EUR", "amount": 1000}}
        ]
      }
    ]
  },
  "lastTransaction": {"id": "f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56", "type": "OrderConfirmed", "status": "Completed"},
  "orderTransactions": [
    {
      "id": "9ac655b0-5271-547a-a92b-6b1791e2a367",
      "type": "OrderPlaced",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e01",
      "retailerTransactionDateTime": "2026-03-02T09:00:00.120Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example",
      "reason": "NewOrder"
    },
    {
      "id": "f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56",
      "type": "OrderConfirmed",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02",
      "retailerTransactionDateTime": "2026-03-02T09:00:07.412Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    }
  ]
}
`;

/** Example 2: SETTLED. */
export const SETTLED_EVENT = `{
  "id": "61ffba69-3f2f-5904-9483-a828a5e5205d",
  "orderType": "Buy",
  "brandOrderReference": "SP-2026-000481",
  "tenantCode": "PFOLIO",
  "orderConfirmed": true,
  "status": "Settled",
  "deliveryCountryIso": "DE",
  "currencies": [{"name": "OrderCurrency", "value": "EUR"}, {"name": "ShopperCurrency", "value": "EUR"}],
  "creationDateTime": "2026-03-04T16:30:02.115Z",
  "lastUpdateDateTime": "2026-03-04T16:30:02.115Z",
  "lastUpdateUser": "portfolio-coordinator@retailer.example",
  "aggregateIds": [
    {"name": "PortfolioOrderId", "value": "5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"},
    {"name": "AccountId", "value": "b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20"},
    {"name": "AllocationId", "value": "0d9e4f61-2b7c-4a15-bb3c-91c6c0a7e402"},
    {"name": "OrderId-1", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01"},
    {"name": "OrderId-2", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02"},
    {"name": "OrderId-3", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03"},
    {"name": "WebhookEventId", "value": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e04"},
    {"name": "WebhookId", "value": "e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55"},
    {"name": "WorkflowId", "value": "portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"}
  ],
  "metadataItems": [
    {"name": "Source", "value": "PortfolioOrderCoordinator"},
    {"name": "MappingVersion", "value": "1"},
    {"name": "PortfolioOrderStatus", "value": "SETTLED"},
    {"name": "PortfolioOrderType", "value": "BUY"},
    {"name": "InitiationFlow", "value": "API"},
    {"name": "PostTax", "value": "false"}
  ],
  "dates": [
    {"name": "OrderPlaced", "value": "2026-03-02T09:00:00.000Z"},
    {"name": "OrderConfirmed", "value": "2026-03-02T09:00:07.412Z"},
    {"name": "OrderFulfilled", "value": "2026-03-02T09:04:31.008Z"},
    {"name": "OrderSettled", "value": "2026-03-04T16:30:02.115Z"}
  ],
  "lineItems": [
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "lineItemId": "LI-001",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "quantity": 1,
      "metadataItems": [
        {"name": "Side", "value": "BUY"},
        {"name": "OrderStatus", "value": "FILLED"},
        {"name": "ShareQuantity", "value": "3.1204000000"},
        {"name": "ExecutedCash", "value": "450.10"}
      ]
    },
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02",
      "lineItemId": "LI-002",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f02",
      "quantity": 1,
      "metadataItems": [
        {"name": "Side", "value": "BUY"},
        {"name": "OrderStatus", "value": "FILLED"},
        {"name": "ShareQuantity", "value": "12.0000000000"},
        {"name": "ExecutedCash", "value": "299.95"}
      ]
    },
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03",
      "lineItemId": "LI-003",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f03",
      "quantity": 1,
      "metadataItems": [
        {"name": "Side", "value": "BUY"},
        {"name": "OrderStatus", "value": "FILLED"},
        {"name": "ShareQuantity", "value": "0.8841000000"},
        {"name": "ExecutedCash", "value": "249.92"}
      ]
    }
  ],
  "orderCharges": {
    "chargesInCurrency": [
      {"type": "Total", "charges": [{"name": "CashAmount", "value": {"currency": "EUR", "amount": 1000}}]}
    ]
  },
  "balances": {
    "balancesInCurrency": [
      {
        "type": "OrderBalance",
        "charges": [
          {"name": "Ordered", "value": {"currency": "EUR", "amount": 1000}},
          {"name": "Executed", "value": {"currency": "EUR", "amount": 999.97}},
          {"name": "Settled", "value": {"currency": "EUR", "amount": 999.97}},
          {"name": "BalanceDue", "value": {"currency": "EUR", "amount": 0}}
        ]
      }
    ]
  },
  "financialTransactions": [
    {"id": "c41d7f20-5b3a-4f6e-8a90-3d2e1f0b7a01", "type": "Settlement", "status": "Completed"},
    {"id": "c41d7f20-5b3a-4f6e-8a90-3d2e1f0b7a02", "type": "Settlement", "status": "Completed"},
    {"id": "c41d7f20-5b3a-4f6e-8a90-3d2e1f0b7a03", "type": "Settlement", "status": "Completed"}
  ],
  "lastTransaction": {"id": "be09365f-61f5-5511-951a-6096f938060a", "type": "OrderSettled", "status": "Completed"},
  "orderTransactions": [
    {
      "id": "9ac655b0-5271-547a-a92b-6b1791e2a367",
      "type": "OrderPlaced",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e01",
      "retailerTransactionDateTime": "2026-03-02T09:00:00.120Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example",
      "reason": "NewOrder"
    },
    {
      "id": "f6cf72d7-4c1c-571c-aaf0-f37ef8de0d56",
      "type": "OrderConfirmed",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02",
      "retailerTransactionDateTime": "2026-03-02T09:00:07.412Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    },
    {
      "id": "13a6bd8e-43fb-50e3-881e-82855580f1b9",
      "type": "OrderFulfilled",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e03",
      "retailerTransactionDateTime": "2026-03-02T09:04:31.008Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    },
    {
      "id": "be09365f-61f5-5511-951a-6096f938060a",
      "type": "OrderSettled",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e04",
      "retailerTransactionDateTime": "2026-03-04T16:30:02.115Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    }
  ]
}
`;

/** Example 3: cancelled by the client three seconds after it was placed. */
export const CANCELLED_EVENT = `{
  "id": "73f4f0c1-427a-5d67-a612-3d5d1f16b1e9",
  "orderType": "Buy",
  "brandOrderReference": "SP-2026-000481",
  "tenantCode": "PFOLIO",
  "orderConfirmed": false,
  "status": "Cancelled",
  "deliveryCountryIso": "DE",
  "currencies": [{"name": "OrderCurrency", "value": "EUR"}, {"name": "ShopperCurrency", "value": "EUR"}],
  "creationDateTime": "2026-03-02T09:00:03.000Z",
  "lastUpdateDateTime": "2026-03-02T09:00:03.000Z",
  "lastUpdateUser": "portfolio-coordinator@retailer.example",
  "aggregateIds": [
    {"name": "PortfolioOrderId", "value": "5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"},
    {"name": "AccountId", "value": "b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20"},
    {"name": "AllocationId", "value": "0d9e4f61-2b7c-4a15-bb3c-91c6c0a7e402"},
    {"name": "WebhookEventId", "value": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02"},
    {"name": "WebhookId", "value": "e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55"},
    {"name": "WorkflowId", "value": "portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"}
  ],
  "metadataItems": [
    {"name": "Source", "value": "PortfolioOrderCoordinator"},
    {"name": "MappingVersion", "value": "1"},
    {"name": "PortfolioOrderStatus", "value": "CANCELLED"},
    {"name": "PortfolioOrderType", "value": "BUY"},
    {"name": "InitiationFlow", "value": "API"},
    {"name": "PostTax", "value": "false"},
    {"name": "CancellationReason", "value": "CANCELLED_BY_CLIENT"}
  ],
  "dates": [
    {"name": "OrderPlaced", "value": "2026-03-02T09:00:00.000Z"},
    {"name": "OrderCancelled", "value": "2026-03-02T09:00:03.000Z"}
  ],
  "orderCharges": {
    "chargesInCurrency": [
      {"type": "Total", "charges": [{"name": "CashAmount", "value": {"currency": "EUR", "amount": 1000}}]}
    ]
  },
  "balances": {"balancesInCurrency": [{"type": "OrderBalance", "charges": [
    {"name": "Ordered", "value": {"currency": "EUR", "amount": 1000}}, {"name": "BalanceDue", "value": {"currency": "EUR", "amount": 0}}]}]},
  "lastTransaction": {"id": "3c02618d-7c1e-54bc-82b5-fb52a7181e4e", "type": "OrderCancelled", "status": "Completed"},
  "orderTransactions": [
    {
      "id": "9ac655b0-5271-547a-a92b-6b1791e2a367",
      "type": "OrderPlaced",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e01",
      "retailerTransactionDateTime": "2026-03-02T09:00:00.120Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example",
      "reason": "NewOrder"
    },
    {
      "id": "3c02618d-7c1e-54bc-82b5-fb52a7181e4e",
      "type": "OrderCancelled",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e02",
      "retailerTransactionDateTime": "2026-03-02T09:00:03.000Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example",
      "reason": "CANCELLED_BY_CLIENT"
    }
  ]
}
`;

/** Example 4: child 1 of 450.00 is filled by one execution; its PROCESSING was reported by its portfolio order. */
export const CHILD_EVENT = `{
  "id": "68ec9c5b-2726-56bd-ae71-c8e5ab3a02dd",
  "orderType": "Buy",
  "brandOrderReference": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
  "parentBrandOrderReference": "SP-2026-000481",
  "tenantCode": "PFOLIO",
  "orderConfirmed": true,
  "status": "Fulfilled",
  "deliveryCountryIso": "DE",
  "currencies": [{"name": "OrderCurrency", "value": "EUR"}, {"name": "ShopperCurrency", "value": "EUR"}],
  "creationDateTime": "2026-03-02T09:04:30.500Z",
  "lastUpdateDateTime": "2026-03-02T09:04:30.500Z",
  "lastUpdateUser": "portfolio-coordinator@retailer.example",
  "aggregateIds": [
    {"name": "PortfolioOrderId", "value": "5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"},
    {"name": "AccountId", "value": "b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20"},
    {"name": "OrderId", "value": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01"},
    {"name": "WebhookEventId", "value": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e12"},
    {"name": "WebhookId", "value": "e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55"},
    {"name": "WorkflowId", "value": "portfolio-order/5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11"}
  ],
  "metadataItems": [
    {"name": "Source", "value": "PortfolioOrderCoordinator"},
    {"name": "MappingVersion", "value": "1"},
    {"name": "OrderStatus", "value": "FILLED"},
    {"name": "Side", "value": "BUY"}
  ],
  "dates": [
    {"name": "OrderPlaced", "value": "2026-03-02T09:00:00.300Z"},
    {"name": "OrderConfirmed", "value": "2026-03-02T09:00:07.398Z"},
    {"name": "OrderFulfilled", "value": "2026-03-02T09:04:30.500Z"}
  ],
  "lineItems": [
    {
      "id": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "lineItemId": "LI-001",
      "retailerLineItemId": "6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01",
      "quantity": 1,
      "metadataItems": [
        {"name": "Side", "value": "BUY"},
        {"name": "OrderStatus", "value": "FILLED"},
        {"name": "InstrumentId", "value": "IE00B4L5Y983"},
        {"name": "ShareQuantity", "value": "3.1204000000"},
        {"name": "ExecutedCash", "value": "450.10"}
      ]
    }
  ],
  "orderCharges": {
    "chargesInCurrency": [
      {"type": "Total", "charges": [{"name": "CashAmount", "value": {"currency": "EUR", "amount": 450}}]}
    ]
  },
  "balances": {"balancesInCurrency": [{"type": "OrderBalance", "charges": [
    {"name": "Ordered", "value": {"currency": "EUR", "amount": 450}},
    {"name": "Executed", "value": {"currency": "EUR", "amount": 450.1}},
    {"name": "Settled", "value": {"currency": "EUR", "amount": 0}},
    {"name": "BalanceDue", "value": {"currency": "EUR", "amount": 450.1}}]}]},
  "financialTransactions": [{"id": "c41d7f20-5b3a-4f6e-8a90-3d2e1f0b7a01", "type": "Settlement", "status": "Pending"}],
  "lastTransaction": {"id": "7690be84-405a-5956-869f-e5015577bea4", "type": "OrderFulfilled", "status": "Completed"},
  "orderTransactions": [
    {
      "id": "64941b42-26e5-5561-b1f5-4c47ef806072",
      "type": "OrderPlaced",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e11",
      "retailerTransactionDateTime": "2026-03-02T09:00:00.300Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example",
      "reason": "NewOrder"
    },
    {
      "id": "11e44e20-dc01-5e58-923d-7643525609fa",
      "type": "OrderConfirmed",
      "status": "Completed",
      "transactionReference": "c2d3ee9e-f438-5c9b-a552-c4660d2f53fa",
      "retailerTransactionDateTime": "2026-03-02T09:00:07.398Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    },
    {
      "id": "7690be84-405a-5956-869f-e5015577bea4",
      "type": "OrderFulfilled",
      "status": "Completed",
      "transactionReference": "1c9a4e70-3b21-4d8f-9f60-8a5b7c2d1e12",
      "retailerTransactionDateTime": "2026-03-02T09:04:30.500Z",
      "actionedBy": "Retailer",
      "actionedByUser": "portfolio-coordinator@retailer.example"
    }
  ]
}
`;
