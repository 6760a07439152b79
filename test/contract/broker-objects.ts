/**
 * Objects with all fields of the tables in references/upvest.md#objects and unique ids, and events that contain them.
 */
import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';

export type Fields = Record<string, unknown>;

export interface BrokerEventFields extends Fields {
  id: string;
  type: string;
  object: Fields;
}

const CREATED_AT = '2026-01-02T09:00:00.000Z';
export const EVENT_AT = '2026-01-02T09:00:01.250Z';

/** references/upvest.md#webhook-envelope. */
export function newEvent(type: string, object: Fields, changes: Fields = {}): BrokerEventFields {
  return { id: randomUUID(), created_at: EVENT_AT, type, object, webhook_id: randomUUID(), ...changes };
}

/** references/upvest.md#portfolio-order. */
export function newPortfolioOrder<C extends Fields>(changes: C): C & { id: string; account_id: string } {
  const { id = randomUUID() } = changes as { id?: string };
  return {
    id,
    created_at: CREATED_AT,
    updated_at: '2026-01-02T09:00:01.2Z',
    user_id: randomUUID(),
    // An order stays on its account.
    account_id: uuidv5('account', id),
    allocation_id: 'e2a7d0c3-94b1-4c58-8a6e-1f0b3d5c7e92',
    cash_amount: '250.00',
    currency: 'EUR',
    type: 'BUY',
    post_tax: false,
    orders: [],
    client_reference: '',
    initiation_flow: 'API',
    ...changes,
  };
}

/** references/upvest.md#order. */
export function newOrder<C extends Fields>(parentId: string, changes: C): C & { id: string } {
  return {
    id: randomUUID(),
    created_at: CREATED_AT,
    updated_at: '2026-01-02T09:00:01Z',
    user_id: randomUUID(),
    business_id: randomUUID(),
    account_id: randomUUID(),
    cash_amount: '150.00',
    quantity: '0',
    currency: 'EUR',
    side: 'BUY',
    instrument_id: 'IE00B3XXRP09',
    instrument_id_type: 'ISIN',
    order_type: 'MARKET',
    limit_price: '',
    stop_price: '',
    expiry_date: '',
    user_instrument_fit_acknowledgement: false,
    fee: '0.0',
    initiation_flow: 'PORTFOLIO',
    execution_flow: 'STRAIGHT_THROUGH',
    executions: [],
    client_reference: parentId,
    ...changes,
  };
}

/** references/upvest.md#execution. */
export function newExecution<C extends Fields>(
  orderId: string,
  changes: C,
): C & { id: string; order_id: string } {
  return {
    id: randomUUID(),
    order_id: orderId,
    cash_amount: '150.00',
    share_quantity: '1.3271',
    price: '113.03',
    currency: 'EUR',
    side: 'BUY',
    transaction_time: '2026-01-02T09:00:01.38Z',
    taxes: [{ type: 'TOTAL', amount: '0.12' }],
    venue_id: randomUUID(),
    settlement_date: '2026-01-06',
    ...changes,
  };
}

/** references/upvest.md#rebalancing. */
export function newRebalancingOrder<C extends Fields>(changes: C): C & { id: string; execution_id: string } {
  return {
    id: randomUUID(),
    execution_id: randomUUID(),
    account_id: randomUUID(),
    portfolio_order_id: null,
    created_at: CREATED_AT,
    updated_at: '2026-01-02T09:00:01Z',
    ...changes,
  };
}
