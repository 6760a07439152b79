/** Events as references/upvest.md#webhook-envelope and #event-types print them. */
import type { ReadEvent } from '../../../src/upvest/webhooks/read-event';
import { readEvent } from '../../../src/upvest/webhooks/read-event';

export const receivedAt = '2026-01-02T10:00:00.000Z';
export const eventId = '4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162';
export const webhookId = 'c3a1f0d2-5b6e-4f7a-9c8d-0e1f2a3b4c5d';
export const portfolioOrderId = 'a4b0c5f1-0b7d-4d7e-9f31-6c2d8e1f7a90';
export const orderId = '77d1e0a2-3c4b-4f5a-8b6c-9d0e1f2a3b4c';
export const accountId = '5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01';
export const source = { kind: 'webhook', eventId, webhookId };

export const portfolioOrder = {
  id: portfolioOrderId,
  created_at: '2026-01-02T09:00:00Z',
  updated_at: '2026-01-02T09:00:01.2Z',
  user_id: '0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11',
  account_id: accountId,
  cash_amount: '250.00',
  currency: 'EUR',
  status: 'PROCESSING',
  type: 'BUY',
  post_tax: false,
  client_reference: '',
  initiation_flow: 'API',
  orders: [{ id: orderId, side: 'BUY', status: 'PROCESSING' }],
};
export const execution = {
  id: 'b1c2d3e4-f5a6-4b7c-8d9e-0f1a2b3c4d5e',
  order_id: orderId,
  status: 'FILLED',
  side: 'BUY',
  cash_amount: '150.00',
  currency: 'EUR',
  share_quantity: '1.3271',
  price: '113.03',
  transaction_time: '2026-01-02T09:00:01.380Z',
  taxes: [{ type: 'TOTAL', amount: '0' }],
};
export const order = {
  id: orderId,
  created_at: '2026-01-02T09:00:00.700Z',
  updated_at: '2026-01-02T09:00:01.420Z',
  user_id: '0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11',
  account_id: accountId,
  cash_amount: '150.00',
  currency: 'EUR',
  side: 'BUY',
  instrument_id: 'IE00B3XXRP09',
  quantity: '0',
  limit_price: '',
  status: 'FILLED',
  fee: '0.0',
  initiation_flow: 'PORTFOLIO',
  client_reference: portfolioOrderId,
  executions: [execution],
};

export function event(
  type: string,
  object: unknown,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id: eventId,
    created_at: '2026-01-02T09:00:01.250Z',
    type,
    object,
    webhook_id: webhookId,
    ...changes,
  };
}

export const read = (type: string, object: unknown, changes: Record<string, unknown> = {}): ReadEvent =>
  readEvent(event(type, object, changes), receivedAt);
