/**
 * What is owed to ESW, what is on its way, and what became of it. The outbox holds topics, not bodies: a body is built
 * once, when the lane takes it, and from then on its bytes never change.
 */
import { executionLifecycle, orderLifecycle, portfolioOrderLifecycle, rank } from './lifecycle';
import type { ExecutionStatus, OrderStatus } from './lifecycle';
import {
  subjectKey,
  topicKey,
  type EventDetail,
  type OrderEventTopic,
  type PortfolioOrderState,
} from './order-event-topic';

/** A topic as it is kept: lean, since there are thousands for a large order. Without ids it is the portfolio order's. */
export interface Addressed {
  status: PortfolioOrderState | OrderStatus | ExecutionStatus;
  orderId?: string;
  executionId?: string;
}

/** A topic that ESW has not been told of. */
export interface OutboxEntry extends Addressed {
  /** When we first saw it, milliseconds since the epoch: grace times count from here. */
  seenAt: number;
  /** True once the broker was asked for what comes before it. */
  isChecked?: true;
  /** True when an operator wants it built once more, whatever has gone out since. */
  isRetried?: true;
}

/** An OrderEvent with its final bytes. */
export interface BuiltEvent extends Addressed {
  /** OrderEvent id. */
  id: string;
  /** JSON text, sent as it is on every attempt. */
  body: string;
  /** True when a call that carried it ended without an answer for it: ESW may have it. */
  sentBefore?: true;
}

/** ESW's final refusal of an event. */
export interface Refusal {
  /** HTTP status; absent when the event could not even be built or sent. */
  status?: number;
  message: string;
  /** ESW's trace id, where it gave one. */
  correlationId?: string;
  /** When we had it, ISO 8601 UTC. */
  at?: string;
}

/** Why nothing is sent for a while. */
export interface Pause {
  /** ESW takes nothing from this deployment, or has asked to be left alone. */
  why: 'unauthorised' | 'busy';
  refusal: Refusal;
  /** When it began, milliseconds since the epoch. */
  since: number;
  /** When the next attempt is made, milliseconds since the epoch. */
  until: number;
  /** Attempts so far that ended in this way. */
  attempts: number;
}

export interface Emission {
  /** Which streams are sent; absent in lives of older code: the portfolio stream alone, under the rules it had then. */
  detail?: EventDetail;
  outbox: OutboxEntry[];
  /** The batch that the lane is sending. */
  inFlight: BuiltEvent[];
  /** What an operator wants sent once more, with the bytes it had; absent for nothing. */
  again?: BuiltEvent[];
  /** What ESW accepted, in order; `at` is when we had its answer, ISO 8601 UTC. */
  accepted: (Addressed & { id: string; at?: string })[];
  /** What ESW refused, with the bytes that it refused. */
  refused: (Addressed & Partial<BuiltEvent> & { refusal: Refusal })[];
  pause?: Pause;
}

export const noEmission: Emission = { outbox: [], inFlight: [], accepted: [], refused: [] };

/** From so many refused events on, or so many characters of their bodies, the fault is no single event's. */
const TOO_MANY_REFUSED = 50;
const TOO_LARGE_REFUSED = 128 * 1024;

/**
 * True when so much was refused that nothing more is sent until an operator has it sent again: something is wrong with all
 * of them, and what is parked has to stay small enough to ride along.
 */
export function isClogged({ refused }: Emission): boolean {
  const characters = refused.reduce((total, { body = '' }) => total + body.length, 0);
  return refused.length >= TOO_MANY_REFUSED || characters >= TOO_LARGE_REFUSED;
}

export function topicOf({ status, orderId, executionId }: Addressed): OrderEventTopic {
  if (orderId === undefined) return { subject: 'portfolio-order', status: status };
  if (executionId === undefined) return { subject: 'order', orderId, status: status as OrderStatus };
  return { subject: 'execution', orderId, executionId, status: status as ExecutionStatus };
}

/** The address alone of something that has more members. */
export function addressOf({ status, orderId, executionId }: Addressed): Addressed {
  return {
    status,
    ...(orderId !== undefined && { orderId }),
    ...(executionId !== undefined && { executionId }),
  };
}

export function keyOf(addressed: Addressed): string {
  return topicKey(topicOf(addressed));
}

/** A topic in words: `FILLED`, `order 6f1b… FILLED`. */
export function nameOf({ status, orderId, executionId }: Addressed): string {
  if (executionId !== undefined) return `execution ${executionId} ${status}`;
  return orderId === undefined ? status : `order ${orderId} ${status}`;
}

/** So many topics of children are named; ids are long, and the attentions and the timeline have each of them. */
const NAMED = 2;

/** Some topics in words: those of the portfolio order, and those of its children or how many they are. */
export function namesOf(list: Addressed[]): string {
  const ofChildren = list.filter(({ orderId }) => orderId !== undefined);
  const own = list.filter(({ orderId }) => orderId === undefined).map(nameOf);
  const others =
    ofChildren.length > NAMED ? [`${ofChildren.length} of its children`] : ofChildren.map(nameOf);
  return [...own, ...others].join(', ');
}

/** Position of a topic's status on the way of its subject. CLOSED is behind everything. */
export function rankOf(addressed: Addressed): number {
  const topic = topicOf(addressed);
  switch (topic.subject) {
    case 'portfolio-order':
      return topic.status === 'CLOSED'
        ? portfolioOrderLifecycle.statuses.length
        : rank(portfolioOrderLifecycle, topic.status);
    case 'order':
      return rank(orderLifecycle, topic.status);
    case 'execution':
      return rank(executionLifecycle, topic.status);
  }
}

/** By subject, the rank of the furthest status that went out. */
export function furthestSent({ accepted, refused, inFlight }: Emission): Map<string, number> {
  const furthest = new Map<string, number>();
  for (const sent of [...accepted, ...refused, ...inFlight]) {
    const subject = subjectKey(topicOf(sent));
    furthest.set(subject, Math.max(furthest.get(subject) ?? -1, rankOf(sent)));
  }
  return furthest;
}

/**
 * Takes out what turned up after a later status of the same subject had gone out: sending it would take ESW's view back. It
 * stays in the record, and later events list it among their transactions (`esw-order-event.md` 8.7).
 */
export function withoutOvertaken(emission: Emission): Emission {
  if (emission.outbox.length === 0) return emission;
  const furthest = furthestSent(emission);
  const isOvertaken = (entry: OutboxEntry): boolean =>
    entry.isRetried === undefined && rankOf(entry) <= (furthest.get(subjectKey(topicOf(entry))) ?? -1);
  return { ...emission, outbox: emission.outbox.filter((entry) => !isOvertaken(entry)) };
}
