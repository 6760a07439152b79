/** One portfolio order's workflow under test: its messages from webhooks, placement and operators, and its view. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Observation, PortfolioOrderObservation } from '../../src/domain/broker/observation';
import type { Decided } from '../../src/domain/operator/operator-commands';
import type { EmissionSettings } from '../../src/domain/order-event/build';
import type { PlacementResult } from '../../src/domain/broker/placement';
import type { DeadlinePolicies, Policies } from '../../src/domain/order-state/policies';
import type { TimelineEntry } from '../../src/domain/views/timeline';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { standardPolicies } from '../../src/config/policies';
import { createOrderSignals, type DeliveryOutcome } from '../../src/app/orders/deliver';
import { untilTaken } from '../../src/temporal/until-taken';
import type { ActivityName, Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';
import { until } from './until';
import {
  portfolioOrderWorkflowId,
  timelineQuery,
  viewQuery,
  type PortfolioOrderSettings,
  type PortfolioOrderWorkflow,
} from '../../contracts/portfolio-order';
import type { Decision } from '../../src/domain/values/decision';

/** In place of the standard policies. */
export interface OrderOptions {
  policies?: Partial<Omit<Policies, 'deadlines'>>;
  deadlines?: Partial<DeadlinePolicies>;
  emission?: Partial<EmissionSettings>;
  /** Default: a new one. */
  id?: string;
}

/** An OrderEvent as the stubbed ESW received it. */
export interface EventAtEsw {
  id: string;
  status: string;
  bytes: string;
  body: Record<string, unknown>;
}

export interface OrderUnderTest {
  id: string;
  workflowId: string;
  settings: PortfolioOrderSettings;
  handle: WorkflowHandle<PortfolioOrderWorkflow>;
  /** Signals observations as the webhook handler does, in one signal; starts the workflow if it does not run. */
  deliver(...observations: Observation[]): Promise<void>;
  /** Like `deliver`, for an order that may have ended: resolves with the outcome. */
  offer(...observations: Observation[]): Promise<DeliveryOutcome>;
  /** Signals the placement as the handoff does. */
  handOff(placed: PlacementResult): Promise<void>;
  view(): Promise<PortfolioOrderView>;
  /** Resolves with the first view that matches. */
  viewWhen(what: string, isWanted: (view: PortfolioOrderView) => boolean): Promise<PortfolioOrderView>;
  timeline(): Promise<TimelineEntry[]>;
  /** Sends an operator's decision, and repeats it if the workflow was just continuing as new. */
  decide<D extends Decision>(update: UpdateDefinition<Decided, [D]>, more?: Partial<D>): Promise<Decided>;
  script<N extends ActivityName>(name: N, script: Script<N>): void;
  calls<N extends ActivityName>(name: N): Call<N>[];
  /** Events that reached ESW, in order, repeats included, whatever ESW answered. */
  sent(): EventAtEsw[];
}

export const OPERATOR = { actor: 'ada', reason: 'the client called' };

export function orderSettings(worker: StubWorker, options: OrderOptions = {}): PortfolioOrderSettings {
  const standard = standardPolicies();
  return {
    policies: {
      ...standard,
      ...options.policies,
      deadlines: { ...standard.deadlines, ...options.deadlines },
    },
    emission: {
      tenantCode: 'PFOLIO',
      actor: 'portfolio-order-coordinator',
      deliveryCountryIso: 'DE',
      detail: 'orders',
      ...options.emission,
    },
    brokerTaskQueue: worker.taskQueue,
  };
}

/** An order without any messages yet: the first delivery or handoff starts its workflow. */
export function newOrder(worker: StubWorker, options: OrderOptions = {}): OrderUnderTest {
  const { id = randomUUID() } = options;
  const { client, taskQueue } = worker;
  const settings = orderSettings(worker, options);
  const inbox = createOrderSignals(client, taskQueue, settings);
  const workflowId = portfolioOrderWorkflowId(id);
  const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(workflowId);
  const view = (): Promise<PortfolioOrderView> => handle.query(viewQuery);
  return {
    id,
    workflowId,
    settings,
    handle,
    offer: (...observations) => inbox.deliver(id, observations),
    async deliver(...observations) {
      const delivery = await inbox.deliver(id, observations);
      if (delivery.kind !== 'delivered') throw new Error(`Not delivered: ${JSON.stringify(delivery)}`);
    },
    async handOff(placed) {
      const outcome = await inbox.handOff(placed);
      if (outcome !== 'handed-off') throw new Error('The order had finished before its handoff');
    },
    view,
    async viewWhen(what, isWanted) {
      let last: PortfolioOrderView | undefined;
      const look = async () => {
        last = await view();
        return isWanted(last) ? last : undefined;
      };
      return until(what, look).catch((error: unknown) => {
        throw new Error(`No ${what} in ${JSON.stringify(last)}`, { cause: error });
      });
    },
    timeline: () => handle.query(timelineQuery),
    decide<D extends Decision>(update: UpdateDefinition<Decided, [D]>, more: Partial<D> = {}) {
      const args: [D] = [{ ...OPERATOR, ...more } as unknown as D];
      const updateId = randomUUID();
      return untilTaken(() => handle.executeUpdate(update, { args, updateId }));
    },
    script: (name, script) => {
      worker.script(workflowId, name, script);
    },
    calls: (name) => worker.calls(workflowId, name),
    sent: () =>
      worker
        .calls(workflowId, 'emitOrderEvents')
        .flatMap(({ input }) => input.events)
        .map(({ id: eventId, body: bytes }) => {
          const body = JSON.parse(bytes) as Record<string, unknown>;
          return { id: eventId, status: String(body.status), bytes, body };
        }),
  };
}

/** The placement result that is handed off to an order. */
export function placementResultAs(
  observation: PortfolioOrderObservation,
  more: Partial<PlacementResult> = {},
): PlacementResult {
  return {
    reference: `order-${randomUUID()}`,
    requestedAt: new Date().toISOString(),
    observation,
    side: 'BUY',
    ...more,
  };
}
