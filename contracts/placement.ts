/**
 * The `placePortfolioOrder` workflow as others see it: what it takes and returns, its query and its updates. Names are an
 * API: renaming one breaks running placements.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decided } from '../src/domain/operator/operator-commands';
import type { OrderAction } from '../src/domain/operator/order-action';
import type { AuditEntry } from '../src/domain/order-state/audit-log';
import type { DecisionOutcome } from '../src/domain/order-state/state';
import type { PortfolioOrderRequest } from '../src/domain/broker/placement';
import type { PortfolioOrderSettings } from './portfolio-order';
import type { PlacementProblem } from '../src/domain/broker/problem';
import type { Decision } from '../src/domain/values/decision';

export interface PlacePortfolioOrderInput {
  /** Id of the deployment, a part of the idempotency key; absent from placements of older code. */
  deployment?: string;
  /** The client's reference; 1 to 100 of `A–Z a–z 0–9 . _ -`. */
  reference: string;
  request: PortfolioOrderRequest;
  /** When the client requested it, ISO 8601 UTC. POSTs to Upvest stop one hour later. */
  requestedAt: string;
  /** 1, and one more for each resubmission or correction. */
  attempt: number;
  /** Name of the placement that Upvest rejected and that this one corrects. */
  correctionOf?: string;
  /** The portfolio order that this one replaces, from the second attempt on. */
  previous?: string;
  /** Settings of the order's own workflow. */
  order: PortfolioOrderSettings;
  /**
   * Set when the placement starts late, as after a crash: before its first POST it looks for an order at Upvest since then, ISO 8601
   * UTC.
   */
  lookSince?: string;
  /** Set in later runs: the outcome of the POST is unknown, and there is no further one. */
  lookUp?: LookUp;
}

/** What the look-up of an order passes on to its next run: a POST may have placed, and will not be repeated. */
export interface LookUp {
  view: PlacementView;
  decisions: PlacementDecisions;
  /** The pause after the next search, in milliseconds; absent for the first one. */
  pauseMs?: number;
}

/** Decisions of operators and clients so far, and hints. */
export interface PlacementDecisions {
  cancel?: Decision;
  identified?: IdentifyDecision;
  /** Set while Upvest puts off the read of the identified order: another decision may replace this one. */
  isReadPutOff?: true;
  /** Set when a webhook reported an order that may be this one, until the next search. */
  hasCandidate?: boolean;
  /** Outcomes of the latest decisions by idempotency key. */
  decisions?: DecisionOutcome[];
}

/** Input of the activity that POSTs. */
export interface PlaceAtBrokerInput extends PlacePortfolioOrderInput {
  /** Set when an earlier POST may have placed the order, which was looked up and not found since. */
  mayHavePlaced?: true;
  /** When that search began, milliseconds since the epoch; absent before the first one. */
  searchedAt?: number;
}

/** Result of `placePortfolioOrder`, with the last view, so that showing it needs no worker. */
export type PlacementOutcome =
  | { outcome: 'placed'; portfolioOrderId: string; view: PlacementView }
  | { outcome: 'refused'; problem: PlacementProblem; view: PlacementView }
  /** An operator decided that the POST made no order. */
  | { outcome: 'not-placed'; view: PlacementView };

export interface PlacementView {
  reference: string;
  request: PortfolioOrderRequest;
  requestedAt: string;
  phase: 'PLACING' | 'HANDING_OVER' | 'PLACED' | 'REFUSED' | 'UNKNOWN' | 'NOT_PLACED';
  /** From the second attempt on. */
  attempt?: number;
  /** The portfolio order that this one replaces. */
  previous?: string;
  /** Name of the rejected placement that this one corrects. */
  correctionOf?: string;
  /** Name of the placement that corrects this one, which Upvest rejected. */
  resubmittedAs?: string;
  portfolioOrderId?: string;
  problem?: PlacementProblem;
  /** Why Upvest takes no POST now, while attempts go on. */
  stopped?: PlacementStop;
  /** Why Upvest cannot be searched for the order, or read about it; absent unless the last attempt failed. */
  searchFailure?: SearchFailure;
  /** Orders at Upvest that the POST may have made, if more than one matches. */
  candidates?: string[];
  /** A cancel that is requested with the handoff. */
  cancel?: Decision;
  /** An operator's decision about an unknown outcome. */
  identified?: IdentifyDecision;
  /** What happened so far, oldest first; absent in results of older code. */
  steps?: AuditEntry[];
  /** The operations that are allowed now; absent in results of older code, for none. */
  actions?: OrderAction[];
  /** What it waits for, in one sentence. */
  waitingFor: string;
}

/** A pause between attempts to POST. Times in ISO 8601 UTC. */
export interface PlacementStop {
  /**
   * `unauthorised`: credentials, rights or address are wrong, or a proxy answers in Upvest's place; `busy`: Upvest requested the
   * pause; `unavailable`: several attempts in a row failed.
   */
  why: 'unauthorised' | 'busy' | 'unavailable';
  /** What was answered, or why nothing was. */
  message: string;
  /** When the first of these pauses began. */
  since: string;
  /** Time of the next attempt. */
  until: string;
  /** Pauses so far. */
  count: number;
  /** True once it is an attention. */
  flagged?: true;
}

/** Searches that failed in a row. */
export interface SearchFailure {
  /** When the first of them began, ISO 8601 UTC. */
  since: string;
  attempts: number;
  /** Why the last one failed. */
  message: string;
}

/** An operator's decision about a POST whose outcome is unknown. */
export interface IdentifyDecision extends Decision {
  /** The order at Upvest that the POST made; absent when it made none. */
  portfolioOrderId?: string;
}

export type PlacementWorkflow = (input: PlacePortfolioOrderInput) => Promise<PlacementOutcome>;

/** All that the API shows of a placement. */
export const placementViewQuery = defineQuery<PlacementView>('placement');

/**
 * A webhook reported this portfolio order, which the placement may have made. While the outcome of the POST is unknown, the
 * placement looks at Upvest at once.
 */
export const candidateSignal = defineSignal<[string]>('candidate');

/** Resolves a placement whose outcome is unknown. */
export const identifyUpdate = defineUpdate<Decided, [IdentifyDecision]>('identify');

export function placementWorkflowId(reference: string): string {
  return `placement/${reference}`;
}
