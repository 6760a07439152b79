/**
 * The `portfolioOrder` workflow as others see it: what it takes and returns, and its signals, queries and updates. Names
 * are an API: renaming one breaks running orders.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Observation } from '../src/domain/broker/observation';
import type {
  AcknowledgeDecision,
  CloseDecision,
  Decided,
  SkipEmissionDecision,
} from '../src/domain/operator/operator-commands';
import type { EmissionSettings } from '../src/domain/order-event/build';
import type { EncodedState } from '../src/domain/order-state/state-codec';
import type { PlacementResult } from '../src/domain/broker/placement';
import type { Policies } from '../src/domain/order-state/policies';
import type { TimelineEntry } from '../src/domain/views/timeline';
import type { PortfolioOrderView } from '../src/domain/views/order-view';
import type { OrderState } from '../src/domain/order-state/state';
import type { Decision } from '../src/domain/values/decision';

/** Settings of a new `portfolioOrder`. Every starter passes them; those of the first one win. */
export interface PortfolioOrderSettings {
  policies: Policies;
  emission: EmissionSettings;
  /** Task queue of the activities that talk to Upvest. */
  brokerTaskQueue: string;
  /** Task queue of the activity that talks to ESW. Absent in runs begun earlier: the orders' own. */
  emissionTaskQueue?: string;
  /** Id of the deployment, where one is configured. */
  deployment?: string;
}

/** The settings of a run, for the next one. */
export function settingsOf(input: PortfolioOrderSettings): PortfolioOrderSettings {
  const { policies, emission, brokerTaskQueue, emissionTaskQueue, deployment } = input;
  return {
    policies,
    emission,
    brokerTaskQueue,
    ...(emissionTaskQueue !== undefined && { emissionTaskQueue }),
    ...(deployment !== undefined && { deployment }),
  };
}

export interface PortfolioOrderInput extends PortfolioOrderSettings {
  portfolioOrderId: string;
  /** Revision of the rules that the run follows; absent for 0. See `src/domain/values/revision.ts`. */
  revision?: number;
  /** State of the previous run, on continue-as-new and on reopen. */
  state?: OrderState | EncodedState;
}

/** Result of `portfolioOrder`: enough to show the order, and to classify an event that arrives after its end. */
export interface PortfolioOrderOutcome {
  portfolioOrderId: string;
  /** SETTLED or CANCELLED; another status, or UNKNOWN, only if an operator closed it. */
  outcome: string;
  /** ISO 8601 UTC. */
  finishedAt: string;
  state: OrderState | EncodedState;
  /** What the order was started with, for reopening it. */
  settings: PortfolioOrderSettings;
}

export type PortfolioOrderWorkflow = (input: PortfolioOrderInput) => Promise<PortfolioOrderOutcome>;

/** The placement result, from `placePortfolioOrder`. */
export const placedSignal = defineSignal<[PlacementResult]>('placed');
/** Observations of one portfolio order from one webhook request, at most 256 KiB of them. */
export const brokerEventsSignal = defineSignal<[Observation[]]>('brokerEvents');

/** All that the API shows of a portfolio order. */
export const viewQuery = defineQuery<PortfolioOrderView>('view');

/** A part of the timeline: large orders have thousands of rows, too many for one answer. */
export interface TimelinePage {
  /** How many rows to leave out. Default 0. */
  offset?: number;
  /** At most 1,000, which is the default. */
  limit?: number;
}
/** The timeline, oldest first, with the rule of each entry. */
export const timelineQuery = defineQuery<TimelineEntry[], [TimelinePage?]>('timeline');
/** The whole state, for a run that recovers one that was terminated. */
export const stateQuery = defineQuery<OrderState | EncodedState>('state');

/** Reconciles with Upvest now. */
export const reconcileUpdate = defineUpdate<Decided, [Decision]>('reconcile');
/** Acknowledges attentions. */
export const acknowledgeUpdate = defineUpdate<Decided, [AcknowledgeDecision]>('acknowledge');
/** Releases held emission. */
export const releaseUpdate = defineUpdate<Decided, [Decision]>('release');
/** Resends rejected events. */
export const retryEmissionUpdate = defineUpdate<Decided, [Decision]>('retryEmission');
/** Leaves out rejected events. */
export const skipEmissionUpdate = defineUpdate<Decided, [SkipEmissionDecision]>('skipEmission');
/** Closes the order, whatever its status at Upvest. */
export const closeUpdate = defineUpdate<Decided, [CloseDecision]>('close');

export function portfolioOrderWorkflowId(portfolioOrderId: string): string {
  return `portfolio-order/${portfolioOrderId}`;
}
