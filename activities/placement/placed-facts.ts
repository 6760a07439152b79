import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import { NO_USER_ID, placementName, type PlacementResult } from '../../src/domain/broker/placement';
import type { PlacePortfolioOrderInput } from '../../contracts/placement';

/** The placement result for the order's own workflow: without personal data, and no more than it needs. */
export function placementResult(
  { reference, attempt, requestedAt, request, previous, order }: PlacePortfolioOrderInput,
  observation: PortfolioOrderObservation,
): PlacementResult {
  const { userId, eswOrderReference, deliveryCountryIso } = request;
  const { accountId, cashAmount, currency, side, postTax } = request;
  return {
    reference: placementName(reference, attempt),
    requestedAt,
    observation,
    requested: { accountId, cashAmount, currency, side, postTax },
    side,
    ...(order.emission.sendsUserId && userId !== NO_USER_ID && { userId }),
    ...(eswOrderReference !== undefined && { eswOrderReference }),
    ...(deliveryCountryIso !== undefined && { deliveryCountryIso }),
    ...(attempt > 1 && { attempt }),
    ...(previous !== undefined && { previous }),
  };
}
