/**
 * Names and shapes of everything that crosses into the workflows. Names are an API: renaming one breaks running orders.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Observation } from '../src/domain/observation';
import type { AcknowledgeDecision, CloseDecision, Decided, Decision } from '../src/domain/operators';
import type { EmissionSettings } from '../src/domain/order-event';
import type { OrderLife } from '../src/domain/order-life';
import type { PackedLife } from '../src/domain/packed-life';
import type { Placed, PlacementProblem, PortfolioOrderRequest } from '../src/domain/placement';
import type { Policies } from '../src/domain/policies';
import type { TimelineEntry } from '../src/domain/timeline';
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
  /** State of the run before: on continue-as-new, and when an ended order is taken up again. */
  life?: OrderLife | PackedLife;
}

/** Result of `portfolioOrder`: enough to show the order, and to judge a message that arrives after its end. */
export interface PortfolioOrderOutcome {
  portfolioOrderId: string;
  /** SETTLED or CANCELLED; another status, or UNKNOWN, only where an operator closed it. */
  outcome: string;
  /** ISO 8601 UTC. */
  finishedAt: string;
  life: OrderLife | PackedLife;
  /** What the order was started with, for taking it up again; results of older code lack it. */
  settings?: PortfolioOrderSettings;
}

export interface PlacePortfolioOrderInput {
  /** The client's reference; 1 to 100 of `A–Z a–z 0–9 . _ -`. */
  reference: string;
  request: PortfolioOrderRequest;
  /** When the client asked, ISO 8601 UTC. POSTs to the broker stop one hour later. */
  requestedAt: string;
  /** 1, and one more for each time the order is placed again. */
  attempt: number;
  /** The portfolio order whose place this one takes, from the second attempt on. */
  previous?: string;
  /** What the order's own workflow is started with. */
  order: PortfolioOrderSettings;
}

/** Result of `placePortfolioOrder`; with the last view, so that showing it takes no worker. */
export type PlacementOutcome =
  | { outcome: 'placed'; portfolioOrderId: string; view: PlacementView }
  | { outcome: 'refused'; problem: PlacementProblem; view: PlacementView }
  /** An operator has said that the POST made no order. */
  | { outcome: 'not-placed'; view: PlacementView };

export interface PlacementView {
  reference: string;
  request: PortfolioOrderRequest;
  requestedAt: string;
  phase: 'PLACING' | 'HANDING_OVER' | 'PLACED' | 'REFUSED' | 'UNKNOWN' | 'NOT_PLACED';
  /** From the second attempt on. */
  attempt?: number;
  /** The portfolio order whose place this one takes. */
  previous?: string;
  portfolioOrderId?: string;
  problem?: PlacementProblem;
  /** Orders at Upvest that the POST may have made, where more than one fits. */
  candidates?: string[];
  /** A cancel that is handed over with the order. */
  cancel?: Decision;
  /** What an operator said of an unknown outcome. */
  identified?: IdentifyDecision;
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

/** An operator's word on a POST whose outcome is unknown. */
export interface IdentifyDecision extends Decision {
  /** The order at Upvest that the POST made; absent when it made none. */
  portfolioOrderId?: string;
}

/** Facts of the placement, from `placePortfolioOrder`. */
export const placedSignal = defineSignal<[Placed]>('placed');
/** Observations of one portfolio order, as many as one request brought. */
export const brokerEventsSignal = defineSignal<[Observation[]]>('brokerEvents');
/** All that the API shows of a portfolio order. */
export const viewQuery = defineQuery<PortfolioOrderView>('view');
/** All that the API shows of a placement. */
export const placementViewQuery = defineQuery<PlacementView>('placement');

/** A part of the timeline: large orders have thousands of rows, too many for one answer. */
export interface TimelinePage {
  /** How many rows to leave out. Default 0. */
  offset?: number;
  /** At most 1,000, which is the default. */
  limit?: number;
}
/** What happened, in order, with the rules that allowed it. */
export const timelineQuery = defineQuery<TimelineEntry[], [TimelinePage?]>('timeline');
/** Everything that a run hands over, for one that takes up where this one was ended. */
export const lifeQuery = defineQuery<OrderLife | PackedLife>('life');

/** Types of the failures with which updates are refused: the words cannot be used, or a rule forbids it. */
export const REFUSED_AS_UNUSABLE = 'UNUSABLE_DECISION';
export const REFUSED_BY_RULE = 'FORBIDDEN_BY_RULE';

/** Asks for a cancel, of an order or of its placement. Upvest decides. */
export const cancelUpdate = defineUpdate<Decided, [Decision]>('cancel');
/** Has Upvest asked at once. */
export const reconcileUpdate = defineUpdate<Decided, [Decision]>('reconcile');
/** Says that attentions are dealt with. */
export const acknowledgeUpdate = defineUpdate<Decided, [AcknowledgeDecision]>('acknowledge');
/** Lets held emission go. */
export const releaseUpdate = defineUpdate<Decided, [Decision]>('release');
/** Sends refused events again. */
export const retryEmissionUpdate = defineUpdate<Decided, [Decision]>('retryEmission');
/** Ends the order whatever the broker says. */
export const closeUpdate = defineUpdate<Decided, [CloseDecision]>('close');
/** Settles a placement whose outcome is unknown. */
export const identifyUpdate = defineUpdate<Decided, [IdentifyDecision]>('identify');

/** An operator's decision that a parked event is of no use. */
export const discardUpdate = defineUpdate<undefined, [Decision]>('discard');
/** Tries now to route a parked event, such as after a deploy that can read it. */
export const retryUpdate = defineUpdate<ParkedEventAttempt, [Decision]>('retry');

export function placementWorkflowId(reference: string): string {
  return `placement/${reference}`;
}

export function portfolioOrderWorkflowId(portfolioOrderId: string): string {
  return `portfolio-order/${portfolioOrderId}`;
}

export function parkedEventWorkflowId(eventId: string, bodyHash: string): string {
  return `parked-event/${eventId}/${bodyHash}`;
}
