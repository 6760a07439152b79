/**
 * The outbox of events to ESW, the batch in flight, and the outcomes. Outbox entries have no body: it is built once, when
 * the emission worker takes the entry, and its bytes never change after that.
 */
import type { Owner } from '../broker/status-merge';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from '../broker/status-tables';
import { isCorrection } from '../order-event/correction';
import { subjectKey, type EventDetail, type OrderEventTopic } from '../order-event/topic';

/** A pending event whose body is not built yet. */
export type OutboxEntry = OrderEventTopic & {
  /** When the status was first observed, milliseconds since the epoch; grace times start here. */
  seenAt: number;
  /** True once a reconciliation looked for the statuses before it. */
  isChecked?: true;
  /** True when an operator requested that it is built again, even if later statuses were sent. */
  isRetried?: true;
};

/** An OrderEvent with its final bytes. */
export type BuiltEvent = OrderEventTopic & {
  /** OrderEvent id. */
  id: string;
  /** JSON text, sent unchanged on every attempt. */
  body: string;
  /** True when an earlier attempt ended without a result: ESW may have the event. */
  sentBefore?: true;
};

/** ESW's final rejection of an event. */
export interface Refusal {
  /** HTTP status; absent when the event could not be built or sent. */
  status?: number;
  message: string;
  /** ESW's trace id, where the response has one. */
  correlationId?: string;
  /** Time of the response, ISO 8601 UTC. */
  at?: string;
}

/** A temporary stop of emission. */
export interface Pause {
  /** `unauthorised`: ESW rejects our credentials; `busy`: ESW asked us to slow down. */
  why: 'unauthorised' | 'busy';
  refusal: Refusal;
  /** When it began, milliseconds since the epoch. */
  since: number;
  /** Time of the next attempt, milliseconds since the epoch. */
  until: number;
  /** Attempts so far that ended this way. */
  attempts: number;
}

export interface Emission {
  /** The streams that are sent. */
  detail: EventDetail;
  outbox: OutboxEntry[];
  /** The batch that is being sent. */
  inFlight: BuiltEvent[];
  /** Rejected events that an operator requested to resend, with unchanged bytes. */
  retryQueue: BuiltEvent[];
  /**
   * Accepted events, in order; `at` is the time of ESW's response, ISO 8601 UTC. `isUnexpected` if ESW had one of this id,
   * although no delivery is known; `isElsewhere` for statuses that count as sent before the order was imported, and `at` is then the
   * time of the import.
   */
  accepted: (OrderEventTopic & { id: string; at: string; isUnexpected?: true; isElsewhere?: true })[];
  /** Rejected events with their bytes. */
  refused: (OrderEventTopic &
    Partial<Pick<BuiltEvent, 'id' | 'body' | 'sentBefore'>> & { refusal: Refusal })[];
  /** Events that ESW rejected, or that could not be built, and that an operator decided to leave out. */
  skipped?: (OrderEventTopic & { id?: string; refusal: Refusal })[];
  /** Fingerprint of the end that was last reported to ESW; see `last-word.ts`. */
  reportedEnd?: string;
  pause?: Pause;
}

export function noEmission(detail: EventDetail): Emission {
  return { detail, outbox: [], inFlight: [], retryQueue: [], accepted: [], refused: [] };
}

/** Number of rejected events, and of characters in their bodies, from which on the cause is not a single event. */
const TOO_MANY_REFUSED = 50;
const TOO_LARGE_REFUSED = 128 * 1024;

/**
 * True when ESW rejected so many events that sending stops until an operator resends them: all of them have a problem, and
 * the rejected events must stay small enough for the continue-as-new input.
 */
export function isCircuitOpen({ refused }: Emission): boolean {
  const characters = refused.reduce((total, { body = '' }) => total + body.length, 0);
  return refused.length >= TOO_MANY_REFUSED || characters >= TOO_LARGE_REFUSED;
}

/** Events that ESW has not answered for: waiting, in flight or to be sent again. */
export function pendingCount({ inFlight, retryQueue, outbox }: Emission): number {
  return inFlight.length + retryQueue.length + outbox.length;
}

/** A topic for people: `FILLED`, `order 6f1b… FILLED`. */
export function nameOf({ status, orderId, executionId }: Owner & { status: string }): string {
  if (executionId !== undefined) return `execution ${executionId} ${status}`;
  return orderId === undefined ? status : `order ${orderId} ${status}`;
}

/** More events of children than this are only counted, because ids are long. */
const MAX_NAMED = 2;

/** Topics for people: those of the portfolio order, then those of its children or their number. */
export function namesOf(list: (Owner & { status: string })[]): string {
  const ofChildren = list.filter(({ orderId }) => orderId !== undefined);
  const own = list.filter(({ orderId }) => orderId === undefined).map(nameOf);
  const others =
    ofChildren.length > MAX_NAMED ? [`${ofChildren.length} of its children`] : ofChildren.map(nameOf);
  return [...own, ...others].join(', ');
}

/** What became of refused events, for people: an event that could not be built was never sent. */
export function refusedText(refused: (Owner & { status: string; id?: string })[]): string {
  const built = refused.filter(({ id }) => id !== undefined);
  const unbuilt = refused.filter(({ id }) => id === undefined);
  return [
    ...(built.length > 0 ? [`ESW rejected ${namesOf(built)}`] : []),
    ...(unbuilt.length > 0 ? [`${namesOf(unbuilt)} could not be built`] : []),
  ].join('; ');
}

/** Position of the status in the lifecycle of its subject. CLOSED comes after all statuses, and corrections after it. */
export function sequenceOf({ orderId, executionId, status }: OrderEventTopic): number {
  if (status === 'CLOSED') return portfolioOrderLifecycle.statuses.length;
  if (isCorrection(status))
    return portfolioOrderLifecycle.statuses.length + Number(status.slice('CORRECTED-'.length));
  const lifecycle: Lifecycle<string> =
    orderId === undefined
      ? portfolioOrderLifecycle
      : executionId === undefined
        ? orderLifecycle
        : executionLifecycle;
  return rank(lifecycle, status);
}

/** The highest sequence sent, by subject. */
export function highWaterMarks({ accepted, refused, inFlight, skipped = [] }: Emission): Map<string, number> {
  const highest = new Map<string, number>();
  for (const sent of [...accepted, ...refused, ...inFlight, ...skipped]) {
    const subject = subjectKey(sent);
    highest.set(subject, Math.max(highest.get(subject) ?? -1, sequenceOf(sent)));
  }
  return highest;
}

/**
 * Removes entries whose subject already has a later status sent: sending them would move ESW's view backwards. The
 * status stays in the record, and later events list it among their transactions (references/esw.md#order-of-events).
 */
export function withoutOvertaken(emission: Emission): Emission {
  if (emission.outbox.length === 0) return emission;
  const highest = highWaterMarks(emission);
  const isOvertaken = (entry: OutboxEntry): boolean =>
    entry.isRetried === undefined && sequenceOf(entry) <= (highest.get(subjectKey(entry)) ?? -1);
  return { ...emission, outbox: emission.outbox.filter((entry) => !isOvertaken(entry)) };
}
