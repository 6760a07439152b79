/** Activities that connect our own workflows with each other. */
import type { Decision } from '../src/domain/cancellation';
import type { PortfolioOrderObservation } from '../src/domain/observation';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { ParkedEventAttempt, ParkedEventInput, PlacePortfolioOrderInput } from '../workflows/messages';
import { createParkedEventRouting, type ParkedEventRoutingDeps } from './parked-event-routing';
import { placedBy } from './placed-by';
import type { PlacementDirectory } from './placement-directory';

export interface CoordinationActivities {
  /** Tells the order's workflow who placed it; repeated until Temporal takes it. */
  handOver(input: {
    placement: PlacePortfolioOrderInput;
    observation: PortfolioOrderObservation;
    /** An operator's word that this is the order. */
    identified?: Decision;
    /** A cancel that was asked for in the meantime. */
    cancel?: Decision;
  }): Promise<'handed-over' | 'finished'>;
  /** Whether a client's placement that could have made this order is still under way. */
  findOpenPlacement(order: {
    accountId?: string | undefined;
    cashAmount?: string | undefined;
  }): Promise<boolean>;
  /** Tries once more to find the order of parked events; fails, to be tried again, where time can help. */
  routeParkedEvent(parked: ParkedEventInput): Promise<ParkedEventAttempt>;
}

export interface CoordinationActivityDeps extends ParkedEventRoutingDeps {
  inbox: OrderInbox;
  placements: PlacementDirectory;
}

export function createCoordinationActivities(deps: CoordinationActivityDeps): CoordinationActivities {
  const { inbox, placements } = deps;
  return {
    handOver: ({ placement, observation, identified, cancel }) =>
      inbox.handOver({
        ...placedBy(placement, observation),
        ...(identified && { identified }),
        ...(cancel && { cancel }),
      }),

    async findOpenPlacement({ accountId, cashAmount }) {
      if (accountId === undefined || cashAmount === undefined) return false;
      return placements.isUnderWay(accountId, cashAmount);
    },

    routeParkedEvent: createParkedEventRouting(deps),
  };
}
