/**
 * Names and shapes of everything that crosses into the workflows. Names are an API: renaming one breaks running orders.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EmissionSettings } from '../src/domain/order-event';
import type { Observation } from '../src/domain/observation';
import type { OrderLife } from '../src/domain/order-life';
import type { Placed, PlacementProblem, PortfolioOrderRequest } from '../src/domain/placement';
import type { Policies } from '../src/domain/policies';
import type { PortfolioOrderView } from '../src/domain/view';

/** Everything a fresh `portfolioOrder` needs; whoever starts it passes the same, and the first starter's settings win. */
export interface PortfolioOrderSettings {
  policies: Policies;
  emission: EmissionSettings;
  /** Task queue of the activities that talk to Upvest. */
  brokerTaskQueue: string;
}

export interface PortfolioOrderInput extends PortfolioOrderSettings {
  portfolioOrderId: string;
  /** State of the run before, on continue-as-new. */
  life?: OrderLife;
}

/** Result of `portfolioOrder`: enough to show the order, and to judge a message that arrives after its end. */
export interface PortfolioOrderOutcome {
  portfolioOrderId: string;
  /** SETTLED or CANCELLED. */
  outcome: string;
  /** ISO 8601 UTC. */
  finishedAt: string;
  life: OrderLife;
}

export interface PlacePortfolioOrderInput {
  /** The client's reference; 1 to 100 of `A–Z a–z 0–9 . _ -`. */
  reference: string;
  request: PortfolioOrderRequest;
  /** When the client asked, ISO 8601 UTC. POSTs to the broker stop one hour later. */
  requestedAt: string;
  /** 1, and one more for each time the order is placed again. */
  attempt: number;
  /** What the order's own workflow is started with. */
  order: PortfolioOrderSettings;
}

/** Result of `placePortfolioOrder`; with the last view, so that showing it takes no worker. */
export type PlacementOutcome =
  | { outcome: 'placed'; portfolioOrderId: string; view: PlacementView }
  | { outcome: 'refused'; problem: PlacementProblem; view: PlacementView };

export interface PlacementView {
  reference: string;
  request: PortfolioOrderRequest;
  requestedAt: string;
  phase: 'PLACING' | 'HANDING_OVER' | 'PLACED' | 'REFUSED' | 'UNKNOWN';
  portfolioOrderId?: string;
  problem?: PlacementProblem;
  /** What it waits for, in one sentence. */
  waitingFor: string;
}

/** Why an event could not be handed to its order. */
export type ParkingReason = 'UNREADABLE' | 'UNKNOWN_TYPE' | 'UNROUTED' | 'LATE' | 'REFUSED_BY_ORDER';

/** The bytes of an event, or of several as a list. */
export interface RawEvent {
  /** JSON text as it was received. */
  raw: string;
  /** How bytes are kept that are no text, or too large as such. */
  rawEncoding?: 'gzip+base64';
}

export interface ParkedEventInput extends RawEvent {
  /** Upvest's event id, or a substitute made from the body where it has none. */
  eventId: string;
  reason: ParkingReason;
  /** One sentence for the operator. */
  detail: string;
  receivedAt: string;
}

export type ParkedEventOutcome =
  | { outcome: 'routed'; portfolioOrderId: string }
  /** Its order is finished and knew all of it. */
  | { outcome: 'redundant' }
  /** It belongs to no portfolio order; `flow` is what started its order. */
  | { outcome: 'foreign'; flow: string }
  /** Several events, each with its order or of no use. */
  | { outcome: 'all-dealt-with'; events: number }
  | { outcome: 'discarded'; actor: string; reason: string };

/** What one attempt to route parked events came to; `why` is one sentence for an operator. */
export type ParkedEventAttempt =
  | ParkedEventOutcome
  /** It waits for an operator. */
  | { outcome: 'kept'; why: string }
  /** Some of several are dealt with; `rest` is the list of the others. */
  | { outcome: 'partly'; rest: RawEvent; why: string };

/** Who decides, and why: kept in the history. */
export interface OperatorDecision {
  actor: string;
  reason: string;
}

/** Facts of the placement, from `placePortfolioOrder`. */
export const placedSignal = defineSignal<[Placed]>('placed');
/** Observations of one portfolio order, as many as one request brought. */
export const brokerEventsSignal = defineSignal<[Observation[]]>('brokerEvents');
/** All that the API shows of a portfolio order. */
export const viewQuery = defineQuery<PortfolioOrderView>('view');
/** All that the API shows of a placement. */
export const placementViewQuery = defineQuery<PlacementView>('placement');

/** An operator's decision that a parked event is of no use. */
export const discardUpdate = defineUpdate<undefined, [OperatorDecision]>('discard');
/** Tries now to route a parked event, such as after a deploy that can read it. */
export const retryUpdate = defineUpdate<ParkedEventAttempt, [OperatorDecision]>('retry');

export function placementWorkflowId(reference: string): string {
  return `placement/${reference}`;
}

export function portfolioOrderWorkflowId(portfolioOrderId: string): string {
  return `portfolio-order/${portfolioOrderId}`;
}

export function parkedEventWorkflowId(eventId: string, bodyHash: string): string {
  return `parked-event/${eventId}/${bodyHash}`;
}
