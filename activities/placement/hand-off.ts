/** Activities that connect a placement with the workflow of its order. */
import { log } from '@temporalio/activity';
import type { OrderSignals } from '../../src/app/orders/deliver';
import type { HandoffActivities } from '../../contracts/activities';
import { placementResult } from './placed-facts';
import type { PlacementSearch } from './placement-search';

export interface HandoffActivityDeps {
  inbox: OrderSignals;
  placements: PlacementSearch;
}

export function createHandoffActivities({ inbox, placements }: HandoffActivityDeps): HandoffActivities {
  /** A placement that has ended meanwhile, or cannot be reached, finds the order by itself. */
  async function hint(workflowId: string, portfolioOrderId: string): Promise<void> {
    await placements.reportCandidate(workflowId, portfolioOrderId).catch((error: unknown) => {
      log.warn('A placement could not be notified of an order', { workflowId, portfolioOrderId, error });
    });
  }

  return {
    handOff: ({ placement, observation, identified, cancel }) =>
      inbox.handOff({
        ...placementResult(placement, observation),
        ...(identified && { identified }),
        ...(cancel && { cancel }),
      }),

    async findOpenPlacement({ portfolioOrderId, isRepeated = false, accountId, cashAmount }) {
      if (accountId === undefined || cashAmount === undefined) return false;
      const open = await placements.underWay({ portfolioOrderId, accountId, cashAmount });
      if (portfolioOrderId !== undefined && !isRepeated)
        await Promise.all(open.map((id) => hint(id, portfolioOrderId)));
      return open.length > 0;
    },
  };
}
