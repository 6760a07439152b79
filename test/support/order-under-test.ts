/** One portfolio order's workflow under test: what a webhook, a placement and an operator can do to it, and what it shows. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Observation, PortfolioOrderObservation } from '../../src/domain/observation';
import type { Decided, Decision } from '../../src/domain/operators';
import type { EmissionSettings } from '../../src/domain/order-event';
import type { Placed } from '../../src/domain/placement';
import type { DeadlinePolicies, Policies } from '../../src/domain/policies';
import type { TimelineEntry } from '../../src/domain/timeline';
import type { PortfolioOrderView } from '../../src/domain/view';
import { standardPolicies } from '../../src/policy-config';
import { createOrderInbox, type Delivery } from '../../src/temporal/order-inbox';
import { untilTaken } from '../../src/temporal/until-taken';
import type { portfolioOrder } from '../../workflows';
import {
  portfolioOrderWorkflowId,
  timelineQuery,
  viewQuery,
  type PortfolioOrderSettings,
} from '../../workflows/messages';
import type { ActivityName, Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';
import { until } from './until';

/** In place of the standard policies. */
export interface OrderOptions {
  policies?: Partial<Omit<Policies, 'deadlines'>>;
  deadlines?: Partial<DeadlinePolicies>;
  emission?: Partial<EmissionSettings>;
  /** Default: a new one. */
  id?: string;
}

/** An OrderEvent as the stubbed ESW got it. */
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
  handle: WorkflowHandle<typeof portfolioOrder>;
  /** Signals observations as the webhook handler does, in one signal; starts the workflow where it does not run. */
  deliver(...observations: Observation[]): Promise<void>;
  /** As `deliver`, where the order may have ended: says what became of them. */
  offer(...observations: Observation[]): Promise<Delivery>;
  /** Signals the placement as the hand-over does. */
  handOver(placed: Placed): Promise<void>;
  view(): Promise<PortfolioOrderView>;
  /** The view as soon as it is as wanted. */
  viewWhen(what: string, isWanted: (view: PortfolioOrderView) => boolean): Promise<PortfolioOrderView>;
  timeline(): Promise<TimelineEntry[]>;
  /** Sends an operator's decision, again where the workflow was just continuing as new. */
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

/** An order that nothing has been said of yet: the first delivery or hand-over starts its workflow. */
export function newOrder(worker: StubWorker, options: OrderOptions = {}): OrderUnderTest {
  const { id = randomUUID() } = options;
  const { client, taskQueue } = worker;
  const settings = orderSettings(worker, options);
  const inbox = createOrderInbox(client, taskQueue, settings);
  const workflowId = portfolioOrderWorkflowId(id);
  const handle = client.workflow.getHandle<typeof portfolioOrder>(workflowId);
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
    async handOver(placed) {
      const outcome = await inbox.handOver(placed);
      if (outcome !== 'handed-over') throw new Error('The order had finished before its hand-over');
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

/** What the placement of an order hands over. */
export function placedAs(observation: PortfolioOrderObservation, more: Partial<Placed> = {}): Placed {
  return {
    reference: `order-${randomUUID()}`,
    requestedAt: new Date().toISOString(),
    observation,
    side: 'BUY',
    ...more,
  };
}
