/** One placement's workflow under test: a scripted Upvest, and the real handoff to the order's own workflow. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { createHandoffActivities } from '../../activities/placement/hand-off';
import { placementResult } from '../../activities/placement/placed-facts';
import { createPlacementSearch } from '../../activities/placement/placement-search';
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import type { Decided } from '../../src/domain/operator/operator-commands';
import type { PortfolioOrderRequest } from '../../src/domain/broker/placement';
import { createOrderSignals } from '../../src/app/orders/deliver';
import { startPlacement } from '../../src/app/placements/start-placement';
import { byPlacement, orderAtBroker, whole, type OrderAtBroker } from './observations';
import { newOrder, OPERATOR, type OrderOptions, type OrderUnderTest } from './order-under-test';
import type { ActivityName, Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';
import { awayRegistry } from './registry';
import { until } from './until';
import {
  placementViewQuery,
  placementWorkflowId,
  type PlacementView,
  type PlacePortfolioOrderInput,
  type PlacementWorkflow,
} from '../../contracts/placement';
import type { PlacedOrder } from '../../contracts/activities';
import type { Decision } from '../../src/domain/values/decision';

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
  handle: WorkflowHandle<PlacementWorkflow>;
  /** The order that Upvest creates for it; its workflow runs after the handoff or the first webhook. */
  order: OrderUnderTest;
  broker: OrderAtBroker;
  /** Upvest's report that the order is NEW. */
  asNew: PortfolioOrderObservation;
  /** Starts the workflow, as the HTTP server does. */
  start(): Promise<void>;
  /** Does what the placing activity does after Upvest's answer: hands off, and returns the result. */
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
  const inbox = createOrderSignals(client, taskQueue, order.settings);
  const coordination = createHandoffActivities({
    inbox,
    placements: createPlacementSearch(client, taskQueue, awayRegistry),
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
  const handle = client.workflow.getHandle<PlacementWorkflow>(workflowId);
  const view = (): Promise<PlacementView> => handle.query(placementViewQuery);
  const answered = async (given = input): Promise<PlacedOrder> => ({
    observation: asNew,
    handedOff: await inbox.handOff(placementResult(given, asNew)),
    savedAt: Date.now(),
  });

  worker.script(workflowId, 'placeAtBroker', answered);
  worker.script(workflowId, 'handOff', (handOff) => coordination.handOff(handOff));
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
