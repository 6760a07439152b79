/** A placement as the registry takes it. */
import { createHash } from 'node:crypto';
import { canonical } from '../../domain/values/decimal';
import type { PortfolioOrderRequest } from '../../domain/broker/placement';
import { firstView } from '../../domain/records/placement-row';
import type { Claim } from '../ports/registry';
import type { PlacementView, PlacePortfolioOrderInput } from '../../../contracts/placement';

/** @param view default: as the placement begins */
export function claimOf(
  input: Omit<PlacePortfolioOrderInput, 'order'>,
  { submitter, view = firstView(input) }: { submitter?: string; view?: PlacementView } = {},
): Claim {
  const { request, deployment } = input;
  return {
    view,
    digest: requestDigest(request),
    ...(submitter !== undefined && { submitter }),
    ...(deployment !== undefined && { deployment }),
  };
}

/** Equal for equal requests, independent of the spelling of amounts and ids. */
export function requestDigest(request: PortfolioOrderRequest): string {
  const { userId, accountId, cashAmount, currency, side, postTax } = request;
  const { eswOrderReference, deliveryCountryIso } = request;
  const same = [
    userId.toLowerCase(),
    accountId.toLowerCase(),
    canonical(cashAmount),
    currency,
    side,
    postTax,
    // Omitted when both are absent, to match digests from before these fields existed.
    ...(eswOrderReference === undefined && deliveryCountryIso === undefined
      ? []
      : [eswOrderReference ?? '', deliveryCountryIso ?? '']),
  ];
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}
