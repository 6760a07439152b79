/** Builds the activities of both task queues from the clients they need. */
import type { Client } from '@temporalio/client';
import type { EswClient } from '../src/esw/client';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { UpvestClient } from '../src/upvest/client';
import type { EventRouter } from '../src/upvest/event-router';
import { createBrokerActivities, type BrokerActivities } from './broker';
import { createCoordinationActivities, type CoordinationActivities } from './coordination';
import { createFulfillmentActivities, type FulfillmentActivities } from './fulfillment';
import { createPlacementDirectory } from './placement-directory';

export interface ActivityDeps {
  temporal: Client;
  inbox: OrderInbox;
  upvest: UpvestClient;
  router: EventRouter;
  esw: EswClient;
}

export interface Activities {
  /** For the broker's task queue. */
  broker: BrokerActivities;
  /** For the orders' task queue. */
  orders: CoordinationActivities & FulfillmentActivities;
}

export function createActivities(deps: ActivityDeps): Activities {
  const { temporal, inbox, upvest, router, esw } = deps;
  const placements = createPlacementDirectory(temporal);
  return {
    broker: createBrokerActivities({ upvest, inbox, placements }),
    orders: {
      ...createCoordinationActivities({ inbox, placements, router }),
      ...createFulfillmentActivities(esw),
    },
  };
}
