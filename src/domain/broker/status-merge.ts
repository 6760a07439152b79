/** Merges the statuses of an observation into the status history of a portfolio order, order or execution. */
import {
  documentedPredecessor,
  isKnown,
  transitionRule,
  TRANSITION_KINDS,
  type Lifecycle,
  type TransitionRule,
} from './status-tables';
import type { Observation } from './observation';
import { sourceOf, type Cause, type ChildOrder, type StatusEvidence, type Entity } from './record';

/** Whose status it is: without ids the portfolio order's, else that of an order or of an order's execution. */
export interface Owner {
  orderId?: string | undefined;
  executionId?: string | undefined;
}

/** A status that was reached for the first time. */
export interface Transition extends Owner {
  status: string;
  /** Time at the broker. */
  at: string;
  /** The transition rule that applied; its verdict says whether the current status changed. */
  rule: TransitionRule<string>;
}

/** A status together with its evidence from an observation. */
export interface Evidence {
  status: string;
  reached: StatusEvidence;
}

/** The observation as the cause of the changes that it makes. */
export function causeOf({ source, at }: Observation): Cause {
  return { at, by: source.kind, ...(source.kind === 'webhook' && { eventId: source.eventId }) };
}

/**
 * The statuses in an observation: the one in the event's type and the one of its object. Where they differ, the
 * object's counts as a snapshot (references/esw.md#order-of-events).
 */
export function evidenceIn(observation: Observation): Evidence[] {
  const { source, at, status, announced } = observation;
  const updatedAt = 'updatedAt' in observation ? observation.updatedAt : undefined;
  const direct: StatusEvidence = {
    ...causeOf(observation),
    ...(source.kind === 'webhook' && source.webhookId !== undefined && { webhookId: source.webhookId }),
    ...(updatedAt !== undefined && updatedAt > at && { updatedAt }),
  };
  if (announced === undefined || announced === status) return [{ status, reached: direct }];
  return [
    { status: announced, reached: direct },
    { status, reached: { at: updatedAt ?? at, by: 'snapshot' } },
  ];
}

/**
 * Records the evidence of one status; the transition table decides whether the current status changes. Direct evidence
 * replaces evidence from a snapshot; otherwise the first evidence stays.
 */
export function recordEvidence<S extends string, R extends Entity<S>>(
  entity: R,
  lifecycle: Lifecycle<S>,
  owner: Owner,
  { status, reached }: Evidence,
  transitions: Transition[],
): R {
  if (!isKnown(lifecycle, status)) return withUnknownStatus(entity, status, reached);
  const stored = owner.orderId === undefined ? reached : withoutWebhook(reached);
  const before = entity.reached[status];
  if (before !== undefined) {
    if (before.by !== 'snapshot' || reached.by === 'snapshot') return entity;
    const { from } = before;
    const evidence = { ...stored, ...(from !== undefined && { from }) };
    return { ...entity, reached: { ...entity.reached, [status]: evidence } };
  }
  const rule = transitionRule(lifecycle, entity.status, status);
  transitions.push({ ...owner, status, at: reached.at, rule });
  const isDocumented = rule.from === documentedPredecessor(lifecycle, status);
  const evidence = isDocumented ? stored : { ...stored, from: rule.from };
  return {
    ...entity,
    ...(TRANSITION_KINDS[rule.verdict].moves && { status }),
    reached: { ...entity.reached, [status]: evidence },
  };
}

/** See {@link sourceOf}. Only webhooks have event ids. */
function withoutWebhook(evidence: StatusEvidence): StatusEvidence {
  const { by, ...rest } = evidence;
  return by === 'webhook' && evidence.eventId !== undefined ? rest : evidence;
}

function withUnknownStatus<R extends Entity<string>>(entity: R, status: string, evidence: StatusEvidence): R {
  const { unknownStatuses = [], unknownSeen = [] } = entity;
  const { at, eventId } = evidence;
  const seen = { status, at, by: sourceOf(evidence), ...(eventId !== undefined && { eventId }) };
  if (unknownStatuses.includes(status)) return entity;
  return {
    ...entity,
    unknownStatuses: union(unknownStatuses, [status]),
    unknownSeen: [...unknownSeen, seen],
  };
}

/** Keeps the names of fields whose value is not a valid time. */
export function withUnreadableTimes<R extends Pick<Entity<string>, 'unreadableTimes' | 'unreadableSeen'>>(
  entity: R,
  names: string[] = [],
  cause: Cause,
): R {
  if (names.length === 0) return entity;
  const unreadableTimes = union(entity.unreadableTimes, names);
  return { ...entity, unreadableTimes, unreadableSeen: entity.unreadableSeen ?? cause };
}

/** Keeps the names of amounts that are no decimal numbers. */
export function withUnreadableAmounts<
  R extends Pick<ChildOrder, 'unreadableAmounts' | 'unreadableAmountSeen'>,
>(order: R, names: string[] = [], cause: Cause): R {
  if (names.length === 0) return order;
  const unreadableAmounts = union(order.unreadableAmounts, names);
  return { ...order, unreadableAmounts, unreadableAmountSeen: order.unreadableAmountSeen ?? cause };
}

/** Union without duplicates, sorted, so that the order of arrival does not matter. */
export function union(known: string[] = [], seen: string[]): string[] {
  return [...new Set([...known, ...seen])].sort();
}
