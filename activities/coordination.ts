/** Activities that connect our own workflows with each other. */
import { ApplicationFailure } from '@temporalio/activity';
import type { PortfolioOrderObservation } from '../src/domain/observation';
import type { EventRouter } from '../src/upvest/event-router';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { ParkedEventInput, ParkedEventOutcome, PlacePortfolioOrderInput } from '../workflows/messages';
import type { PlacementDirectory } from './placement-directory';

export interface CoordinationActivities {
  /** Tells the order's workflow who placed it; repeated until Temporal takes it. */
  handOver(input: {
    placement: PlacePortfolioOrderInput;
    observation: PortfolioOrderObservation;
  }): Promise<'handed-over' | 'finished'>;
  /** Whether a client's placement that could have made this order is still under way. */
  findOpenPlacement(order: {
    accountId?: string | undefined;
    cashAmount?: string | undefined;
  }): Promise<boolean>;
  /** Tries once more to find the order of a parked event; fails, to be tried again, while that is not possible. */
  routeParkedEvent(parked: ParkedEventInput): Promise<ParkedEventOutcome | undefined>;
}

export interface CoordinationActivityDeps {
  inbox: OrderInbox;
  placements: PlacementDirectory;
  router: EventRouter;
}

export function createCoordinationActivities({
  inbox,
  placements,
  router,
}: CoordinationActivityDeps): CoordinationActivities {
  return {
    handOver: ({ placement: { reference, requestedAt }, observation }) =>
      inbox.handOver({ reference, requestedAt, observation }),

    async findOpenPlacement({ accountId, cashAmount }) {
      if (accountId === undefined || cashAmount === undefined) return false;
      return placements.isUnderWay(accountId, cashAmount);
    },

    async routeParkedEvent({ raw, receivedAt }) {
      const routed = await router.route(JSON.parse(raw), receivedAt);
      switch (routed.kind) {
        case 'order': {
          const { portfolioOrderId, observation } = routed;
          const delivery = await inbox.deliver(portfolioOrderId, [observation]);
          if (delivery.kind === 'delivered') return { outcome: 'routed', portfolioOrderId };
          return delivery.kind === 'redundant' ? { outcome: 'redundant' } : undefined;
        }
        case 'foreign':
          return { outcome: 'redundant' };
        case 'parked':
          throw ApplicationFailure.retryable(routed.detail, routed.reason);
      }
    },
  };
}
