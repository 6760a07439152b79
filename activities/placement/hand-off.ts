/** Activities that connect a placement with the workflow of its order. */
import type { OrderSignals } from '../../src/app/orders/deliver';
import type { HandoffActivities } from '../../contracts/activities';
import { placementResult } from './placed-facts';
import type { PlacementSearch } from './placement-search';

export interface HandoffActivityDeps {
  inbox: OrderSignals;
  placements: PlacementSearch;
}

export function createHandoffActivities({ inbox, placements }: HandoffActivityDeps): HandoffActivities {
  return {
    handOff: ({ placement, observation, identified, cancel }) =>
      inbox.handOff({
        ...placementResult(placement, observation),
        ...(identified && { identified }),
        ...(cancel && { cancel }),
      }),

    async findOpenPlacement({ accountId, cashAmount }) {
      if (accountId === undefined || cashAmount === undefined) return false;
      return placements.isUnderWay(accountId, cashAmount);
    },
  };
}
