/** Objects as Upvest's webhooks carry them, for events that the simulated Upvest does not send by itself. */
import { randomUUID } from 'node:crypto';

/** A portfolio order that Upvest started itself, without children. */
export function portfolioOrderObject(
  status: string,
  createdAt = new Date().toISOString(),
): { id: string } & Record<string, unknown> {
  return {
    id: randomUUID(),
    created_at: createdAt,
    updated_at: createdAt,
    account_id: randomUUID(),
    cash_amount: '250.00',
    currency: 'EUR',
    status,
    type: 'BUY',
    post_tax: false,
    client_reference: randomUUID(),
    initiation_flow: 'SAVINGS_PLAN',
    orders: [],
  };
}

/** A child order that was created this moment. */
export function childOrderObject(portfolioOrderId: string): { id: string } & Record<string, unknown> {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    created_at: now,
    updated_at: now,
    account_id: randomUUID(),
    cash_amount: '50.00',
    currency: 'EUR',
    side: 'BUY',
    instrument_id: 'IE00B3XXRP09',
    status: 'NEW',
    initiation_flow: 'PORTFOLIO',
    client_reference: portfolioOrderId,
    executions: [],
  };
}
