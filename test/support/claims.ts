/** Placements as the registry takes them. */
import { randomUUID } from 'node:crypto';
import type { PortfolioOrderRequest } from '../../src/domain/broker/placement';
import { claimOf } from '../../src/app/placements/claim';
import type { Claim } from '../../src/app/ports/registry';
import type { PlacePortfolioOrderInput } from '../../contracts/placement';

type Input = Omit<PlacePortfolioOrderInput, 'order'>;

export function newRequestOf(more: Partial<PortfolioOrderRequest> = {}): PortfolioOrderRequest {
  return {
    userId: randomUUID(),
    accountId: randomUUID(),
    cashAmount: '77.70',
    currency: 'EUR',
    side: 'BUY',
    postTax: false,
    ...more,
  };
}

export function newInputOf(more: Partial<Input> = {}): Input {
  return {
    reference: `order-${randomUUID()}`,
    request: newRequestOf(),
    requestedAt: new Date().toISOString(),
    attempt: 1,
    ...more,
  };
}

export function newClaim(more: Partial<Input> = {}, submitter?: string): Claim {
  return claimOf(newInputOf(more), { ...(submitter !== undefined && { submitter }) });
}
