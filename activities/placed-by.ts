import type { PortfolioOrderObservation } from '../src/domain/observation';
import { placementName, type Placed } from '../src/domain/placement';
import type { PlacePortfolioOrderInput } from '../workflows/messages';

/** What the order's own workflow is told of its placement: nothing personal, and no more than it needs. */
export function placedBy(
  { reference, attempt, requestedAt, request, previous, order }: PlacePortfolioOrderInput,
  observation: PortfolioOrderObservation,
): Placed {
  const { userId, eswOrderReference, deliveryCountryIso } = request;
  return {
    reference: placementName(reference, attempt),
    requestedAt,
    observation,
    side: request.side,
    ...(order.emission.sendsUserId && { userId }),
    ...(eswOrderReference !== undefined && { eswOrderReference }),
    ...(deliveryCountryIso !== undefined && { deliveryCountryIso }),
    ...(attempt > 1 && { attempt }),
    ...(previous !== undefined && { previous }),
  };
}
