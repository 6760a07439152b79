/** Builds the activities of both task queues from the clients they need. */
import type { Client } from '@temporalio/client';
import type { FulfillmentSink } from '../src/fulfillment-sink';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { UpvestClient } from '../src/upvest/client';
import type { EventRouter } from '../src/upvest/event-router';
import { createBrokerActivities, type BrokerActivities } from './broker';
import { createBrokerQuestionActivities, type BrokerQuestionActivities } from './broker-questions';
import { createCoordinationActivities, type CoordinationActivities } from './coordination';
import { createEarlierRunActivities, type EarlierRunActivities } from './earlier-run';
import { createFulfillmentActivities, type FulfillmentActivities } from './fulfillment';
import { createPlacementDirectory } from './placement-directory';
import { createPlacingAgainActivities, type PlacingAgainActivities } from './placing-again';

export interface ActivityDeps {
  temporal: Client;
  /** Where new placements are worked on. */
  orderTaskQueue: string;
  inbox: OrderInbox;
  upvest: UpvestClient;
  router: EventRouter;
  /** Who is told what happens to orders. */
  sink: FulfillmentSink;
}

export interface Activities {
  /** For the broker's task queue. */
  broker: BrokerActivities & BrokerQuestionActivities;
  /** For the orders' task queue. */
  orders: CoordinationActivities & EarlierRunActivities & FulfillmentActivities & PlacingAgainActivities;
}

export function createActivities(deps: ActivityDeps): Activities {
  const { temporal, orderTaskQueue, inbox, upvest, router, sink } = deps;
  const placements = createPlacementDirectory(temporal);
  return {
    broker: {
      ...createBrokerActivities({ upvest, inbox, placements }),
      ...createBrokerQuestionActivities(upvest),
    },
    orders: {
      ...createEarlierRunActivities(temporal),
      ...createPlacingAgainActivities(temporal, orderTaskQueue),
      ...createCoordinationActivities({ inbox, placements, router }),
      ...createFulfillmentActivities(sink),
    },
  };
}
