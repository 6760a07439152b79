/** How the statuses that an observation proves are joined into a row. */
import {
  documentedPredecessor,
  isKnown,
  stepBetween,
  VERDICTS,
  type Lifecycle,
  type Step,
  type Subject,
} from './lifecycle';
import type { Observation } from './observation';
import type { Cause, Reached, Row } from './record';

/** A status that was reached for the first time. */
export interface Transition {
  subject: Subject;
  id: string;
  status: string;
  /** Time at the broker. */
  at: string;
  /** The row of the table that judged it; its verdict says whether the status moved. */
  step: Step<string>;
}

/** A status together with the proof that an observation gives for it. */
export interface Proof {
  status: string;
  reached: Reached;
}

/** The observation itself, as the cause of what it tells. */
export function causeOf({ source, at }: Observation): Cause {
  return { at, by: source.kind, ...(source.kind === 'webhook' && { eventId: source.eventId }) };
}

/**
 * The statuses an observation speaks of: the one its event type names, and the one its object shows. The second is only
 * a snapshot where the two disagree (`esw-order-event.md` 8.7).
 */
export function proofs(observation: Observation): Proof[] {
  const { source, at, status, announced } = observation;
  const updatedAt = 'updatedAt' in observation ? observation.updatedAt : undefined;
  const direct: Reached = {
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
 * Joins one status into a row, as the table judges it. A direct proof takes the place of a mere snapshot; otherwise the
 * first proof stays.
 */
export function reach<S extends string, R extends Row<S>>(
  row: R,
  lifecycle: Lifecycle<S>,
  id: string,
  { status, reached }: Proof,
  transitions: Transition[],
): R {
  if (!isKnown(lifecycle, status)) return withUnknownStatus(row, status, reached);
  const before = row.reached[status];
  if (before !== undefined) {
    if (before.by !== 'snapshot' || reached.by === 'snapshot') return row;
    const { from } = before;
    const proof = { ...reached, ...(from !== undefined && { from }) };
    return { ...row, reached: { ...row.reached, [status]: proof } };
  }
  const step = stepBetween(lifecycle, row.status, status);
  transitions.push({ subject: lifecycle.subject, id, status, at: reached.at, step });
  const isDocumented = step.from === documentedPredecessor(lifecycle, status);
  const proof = isDocumented ? reached : { ...reached, from: step.from };
  return {
    ...row,
    ...(VERDICTS[step.verdict].moves && { status }),
    reached: { ...row.reached, [status]: proof },
  };
}

function withUnknownStatus<R extends Row<string>>(row: R, word: string, { at, by, eventId }: Reached): R {
  const { unknownStatuses = [], unknownSeen = [] } = row;
  if (unknownStatuses.includes(word)) return row;
  return {
    ...row,
    unknownStatuses: union(unknownStatuses, [word]),
    unknownSeen: [...unknownSeen, { word, at, by, ...(eventId !== undefined && { eventId }) }],
  };
}

/** Notes fields that nobody can read as times. */
export function withUnreadableTimes<R extends Pick<Row<string>, 'unreadableTimes' | 'unreadableSeen'>>(
  row: R,
  names: string[] = [],
  cause: Cause,
): R {
  if (names.length === 0) return row;
  const unreadableTimes = union(row.unreadableTimes, names);
  return { ...row, unreadableTimes, unreadableSeen: row.unreadableSeen ?? cause };
}

/** Sorted, so that it does not matter who came first. */
export function union(known: string[] = [], seen: string[]): string[] {
  return [...new Set([...known, ...seen])].sort();
}
