/** Builds the activities of all task queues from the clients they need. */
import type { Client } from '@temporalio/client';
import type { OrderStore } from '../src/app/ports/order-store';
import { markUnstarted } from '../src/app/placements/unstarted';
import type { SweepStore } from '../src/app/ports/sweeps';
import type { PortfolioOrderSettings } from '../contracts/portfolio-order';
import type { FulfillmentSink } from '../src/app/ports/fulfillment-sink';
import type { ParkedDecisionLog } from '../src/app/ports/parked-decisions';
import type { Registry } from '../src/app/ports/registry';
import type { OrderSignals } from '../src/app/orders/deliver';
import type { UpvestClient } from '../src/upvest/client/client';
import type { EventRouter } from '../src/upvest/webhooks/event-router';
import type { BrokerActivities, OrderActivities, SinkActivities } from '../contracts/activities';
import { createEmissionActivities } from './emission/emit-order-events';
import { createParkedEventActivities } from './parked-event/route-parked-event';
import { createHandoffActivities } from './placement/hand-off';
import { createPlacementActivities } from './placement/place-and-hand-off';
import { createPlacementRowActivities } from './placement/placement-rows';
import { createPlacementSearch } from './placement/placement-search';
import { createRecordActivities } from './records/save-record';
import { createResubmissionActivities } from './placement/resubmit';
import { createCancelActivity } from './tracking/cancel-order';
import { createReadActivities } from './tracking/read-orders';
import { createSweepActivities } from './sweep/sweep';
import { createRecoveryActivities } from './tracking/recover-predecessor-run';

export interface ActivityDeps {
  temporal: Client;
  /** Where new placements are worked on. */
  orderTaskQueue: string;
  inbox: OrderSignals;
  upvest: UpvestClient;
  router: EventRouter;
  /** Receives the OrderEvents. */
  sink: FulfillmentSink;
  /** Keeps the state of each order outside of Temporal. */
  store: OrderStore;
  /** Sweeps in the records database. */
  sweeps: SweepStore;
  /** Settings of orders that a sweep imports. */
  settings: PortfolioOrderSettings;
  registry: Registry;
  /** Keeps decisions about parked events. */
  parkedDecisions: ParkedDecisionLog;
  /** True during a recovery after a loss. Default: never. */
  isRecovering?: () => boolean;
}

export interface Activities {
  /** For the broker's task queue. */
  broker: BrokerActivities;
  /** For the task queue of ESW. */
  sink: SinkActivities;
  /** For the orders' task queue. */
  orders: OrderActivities;
}

export function createActivities(deps: ActivityDeps): Activities {
  const { temporal, orderTaskQueue, inbox, upvest, router, sink, store, registry } = deps;
  const { sweeps, settings, isRecovering, parkedDecisions: decisions } = deps;
  const emission = createEmissionActivities(sink, store, isRecovering);
  const placements = createPlacementSearch(temporal, orderTaskQueue, registry);
  return {
    broker: {
      ...createPlacementActivities({ upvest, inbox, placements, registry }),
      ...createReadActivities(upvest),
      ...createCancelActivity(upvest),
      ...createSweepActivities({
        ...{ client: temporal, orderTaskQueue, settings, inbox, upvest, sweeps },
        markUnstarted: (before) => markUnstarted(temporal, registry, before),
      }),
    },
    sink: emission,
    orders: {
      ...createHandoffActivities({ inbox, placements }),
      ...createPlacementRowActivities(registry),
      ...createRecoveryActivities(temporal, store),
      ...createResubmissionActivities(temporal, orderTaskQueue, registry),
      ...emission,
      ...createRecordActivities(store),
      ...createParkedEventActivities({ inbox, router, decisions }),
    },
  };
}
