/** One placement's workflow under test: a scripted Upvest, and the real hand-over to the order's own workflow. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { PlacedOrder } from '../../activities/broker';
import { createCoordinationActivities } from '../../activities/coordination';
import { placedBy } from '../../activities/placed-by';
import { createPlacementDirectory } from '../../activities/placement-directory';
import type { PortfolioOrderObservation } from '../../src/domain/observation';
import type { Decided, Decision } from '../../src/domain/operators';
import type { PortfolioOrderRequest } from '../../src/domain/placement';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { startPlacement } from '../../src/temporal/submissions';
import type { placePortfolioOrder } from '../../workflows';
import {
  placementViewQuery,
  placementWorkflowId,
  type PlacementView,
  type PlacePortfolioOrderInput,
} from '../../workflows/messages';
import { byPlacement, orderAtBroker, whole, type OrderAtBroker } from './observations';
import { newOrder, OPERATOR, type OrderOptions, type OrderUnderTest } from './order-under-test';
import type { ActivityName, Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';
import { until } from './until';

export interface PlacementOptions extends OrderOptions {
  /** When the client asked; default: now. */
  requestedAt?: Date;
  /** Default: a new one. */
  reference?: string;
  /** The account to place for. Default: a new one. */
  accountId?: string;
}

export interface PlacementUnderTest {
  reference: string;
  workflowId: string;
  input: PlacePortfolioOrderInput;
  handle: WorkflowHandle<typeof placePortfolioOrder>;
  /** The order that Upvest makes of it; its workflow runs as soon as it was handed over or told of. */
  order: OrderUnderTest;
  broker: OrderAtBroker;
  /** Upvest's word that the order is NEW. */
  asNew: PortfolioOrderObservation;
  /** Starts the workflow, as the HTTP server does. */
  start(): Promise<void>;
  /** What the placing activity does once Upvest has answered: it hands over, and says so. */
  answered(input?: PlacePortfolioOrderInput): Promise<PlacedOrder>;
  view(): Promise<PlacementView>;
  viewWhen(what: string, isWanted: (view: PlacementView) => boolean): Promise<PlacementView>;
  decide<D extends Decision>(update: UpdateDefinition<Decided, [D]>, more?: Partial<D>): Promise<Decided>;
  script<N extends ActivityName>(name: N, script: Script<N>): void;
  calls<N extends ActivityName>(name: N): Call<N>[];
}

/** A placement that is not started yet; unless scripted otherwise, Upvest answers its POST at once. */
export function newPlacement(
  worker: StubWorker,
  {
    requestedAt = new Date(),
    reference = `order-${randomUUID()}`,
    accountId,
    ...options
  }: PlacementOptions = {},
): PlacementUnderTest {
  const { client, taskQueue } = worker;
  const order = newOrder(worker, options);
  const inbox = createOrderInbox(client, taskQueue, order.settings);
  const coordination = createCoordinationActivities({
    inbox,
    placements: createPlacementDirectory(client),
    router: { route: () => Promise.resolve([]) },
  });
  const made = orderAtBroker(order.id, 2, requestedAt);
  const broker = { ...made, accountId: accountId ?? made.accountId };
  const asNew = whole(broker, 'NEW', { source: byPlacement() });
  const input: PlacePortfolioOrderInput = {
    reference,
    request: requestFor(broker),
    requestedAt: requestedAt.toISOString(),
    attempt: 1,
    order: order.settings,
  };
  const workflowId = placementWorkflowId(reference);
  const handle = client.workflow.getHandle<typeof placePortfolioOrder>(workflowId);
  const view = (): Promise<PlacementView> => handle.query(placementViewQuery);
  const answered = async (given = input): Promise<PlacedOrder> => ({
    observation: asNew,
    handedOver: await inbox.handOver(placedBy(given, asNew)),
  });

  worker.script(workflowId, 'placePortfolioOrder', answered);
  worker.script(workflowId, 'handOver', (handOver) => coordination.handOver(handOver));
  return {
    reference,
    workflowId,
    input,
    handle,
    order,
    broker,
    asNew,
    start: () => startPlacement(client, taskQueue, input),
    answered,
    view,
    viewWhen: (what, isWanted) =>
      until(what, async () => {
        const seen = await view();
        return isWanted(seen) && seen;
      }),
    decide<D extends Decision>(update: UpdateDefinition<Decided, [D]>, more: Partial<D> = {}) {
      return handle.executeUpdate(update, { args: [{ ...OPERATOR, ...more } as unknown as D] });
    },
    script: (name, script) => {
      worker.script(workflowId, name, script);
    },
    calls: (name) => worker.calls(workflowId, name),
  };
}

export function requestFor({ accountId }: Pick<OrderAtBroker, 'accountId'>): PortfolioOrderRequest {
  return {
    userId: randomUUID(),
    accountId,
    cashAmount: '1000.00',
    currency: 'EUR',
    side: 'BUY',
    postTax: false,
  };
}
