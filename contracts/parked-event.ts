/**
 * The `parkedEvent` workflow as others see it: what it takes and returns, and its updates. Names are an API: renaming one
 * breaks parked events.
 */
import { defineUpdate } from '@temporalio/workflow';
import type { Decision, DecisionDigest } from '../src/domain/values/decision';

/** Why an event could not be delivered to its order. */
export type ParkingReason = 'UNREADABLE' | 'UNKNOWN_TYPE' | 'UNROUTED' | 'LATE' | 'REFUSED_BY_ORDER';

/** Reasons that time may cure: an unknown order becomes known, and an order takes signals again after continue-as-new. */
export const TIME_HELPS: ReadonlySet<ParkingReason> = new Set(['UNROUTED', 'REFUSED_BY_ORDER']);

/** The bytes of an event, or of several as a list. */
export interface RawEvent {
  /** JSON text as it was received. */
  raw: string;
  /** The encoding of bytes that are not text, or of large text. */
  rawEncoding?: 'gzip+base64';
}

export interface ParkedEventInput extends RawEvent {
  /** Upvest's event id, or a substitute derived from the body. */
  eventId: string;
  reason: ParkingReason;
  /** One sentence for the operator. */
  detail: string;
  receivedAt: string;
  /** Retries of earlier runs of a list: idempotency key, digest, and why it was processed only in part. */
  retries?: ({ key: string; why: string } & DecisionDigest)[];
  /** Decisions of earlier runs of a list that the records database does not have yet. */
  unsaved?: ParkedDecision[];
}

export type ParkedEventOutcome =
  | { outcome: 'routed'; portfolioOrderId: string }
  /** Its order is finished, and the event adds nothing. */
  | { outcome: 'redundant' }
  /** It belongs to no portfolio order; `flow` is the initiation flow of its order. */
  | { outcome: 'foreign'; flow: string }
  /** Several events, all of them processed. */
  | { outcome: 'all-dealt-with'; events: number }
  | { outcome: 'discarded'; actor: string; reason: string };

/** The result of one attempt to route parked events; `why` is one sentence for an operator. */
export type ParkedEventAttempt =
  | ParkedEventOutcome
  /** Still parked, for an operator. */
  | { outcome: 'kept'; why: string }
  /** Partially processed; `rest` is the list of the others. */
  | { outcome: 'partly'; rest: RawEvent; why: string };

/** What an operator decided about a parked event, for the records database. */
export interface ParkedDecision extends Decision {
  operation: 'retry' | 'discard';
  /** Idempotency key. */
  key: string;
  /** ISO 8601 UTC. */
  decidedAt: string;
  /** What became of the event, without the rest of a list. */
  outcome: ParkedEventOutcome | { outcome: 'kept' | 'partly'; why: string };
}

export interface ParkedDecisions {
  /** Workflow id. */
  subject: string;
  event: Pick<ParkedEventInput, 'eventId' | 'reason' | 'detail' | 'receivedAt'>;
  decisions: ParkedDecision[];
}

/** Type of the failure that rejects a decision about an event that is decided already; its detail is a `ParkedEventOutcome`. */
export const PARKED_EVENT_ENDED = 'ParkedEventEnded';

export type ParkedEventWorkflow = (input: ParkedEventInput) => Promise<ParkedEventOutcome>;

/** Discards a parked event. */
export const discardUpdate = defineUpdate<DecisionDigest | undefined, [Decision]>('discard');
/** Routes a parked event now, such as after a deployment that can read it. */
export const retryUpdate = defineUpdate<ParkedEventAttempt & DecisionDigest, [Decision]>('retry');

export function parkedEventWorkflowId(eventId: string, bodyHash: string): string {
  return `parked-event/${eventId}/${bodyHash}`;
}
