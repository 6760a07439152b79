import type { AuditedEvent, Violation } from './audit-findings';
import { terminalStatusOf, reportedStatusOf } from './reported-status';

/** State of one reference. */
interface ReferenceState {
  latest?: { at: string; id: string | undefined };
  end?: { id: string | undefined; status: string; outcome: 'settled' | 'cancelled'; closed: boolean };
}

/** Checks the sequence of events of each reference (references/esw.md#simulated-behaviour and #order-of-events). */
export class ReferenceSequence {
  private readonly references = new Map<string, ReferenceState>();

  /** Records a newly stored event and returns its violations. */
  observe({ tenantCode, body }: AuditedEvent): Violation[] {
    const reference = body.brandOrderReference;
    if (reference === undefined) return [];
    const key = JSON.stringify([tenantCode, reference]);
    const state = this.references.get(key) ?? {};
    this.references.set(key, state);
    return [...checkCreationTime(state, body), ...checkTerminalStatus(state, body)];
  }

  clear(): void {
    this.references.clear();
  }
}

function checkCreationTime(state: ReferenceState, body: AuditedEvent['body']): Violation[] {
  const { creationDateTime, id, brandOrderReference: reference } = body;
  if (creationDateTime === undefined) return [];
  const at = comparable(creationDateTime);
  const { latest } = state;
  if (latest === undefined || at >= latest.at) {
    state.latest = { at, id };
    return [];
  }
  const detail = `The creation time ${creationDateTime} is before ${latest.at} of an earlier event.`;
  return [{ code: 'creation-time-went-backwards', earlier: { id: latest.id, reference }, detail }];
}

function checkTerminalStatus(state: ReferenceState, body: AuditedEvent['body']): Violation[] {
  const { end } = state;
  const { id, status = 'no status', brandOrderReference: reference } = body;
  if (end === undefined) {
    const outcome = terminalStatusOf(body);
    const closed = reportedStatusOf(body) === 'closed';
    if (outcome !== undefined) state.end = { id, status, outcome, closed };
    return [];
  }
  if (isLateExecution(body)) return [];
  if (isCorrection(body, end)) {
    state.end = { id, status, outcome: terminalStatusOf(body) ?? end.outcome, closed: true };
    return [];
  }
  if (isClosing(body, end)) {
    end.closed = true;
    return [];
  }
  const type = body.lastTransaction?.type;
  const event = type === undefined ? `An event with ${status}` : `${type} with ${status}`;
  const detail = `${event} was received after the order had ended with ${end.status}.`;
  return [{ code: 'event-after-terminal-status', earlier: { id: end.id, reference }, detail }];
}

/** Executions of a cancelled child may still settle or be cancelled (mistrade); only children have executions. */
function isLateExecution(body: AuditedEvent['body']): boolean {
  return body.parentBrandOrderReference !== undefined && reportedStatusOf(body) === 'execution';
}

/** A correction of a portfolio order that was settled, or cancelled and closed; it may change the status. */
function isCorrection(body: AuditedEvent['body'], end: NonNullable<ReferenceState['end']>): boolean {
  const isFinal = end.outcome === 'settled' || end.closed;
  return isFinal && body.parentBrandOrderReference === undefined && reportedStatusOf(body) === 'corrected';
}

/** The event that closes a cancelled portfolio order; its status equals that of the cancellation. */
function isClosing(body: AuditedEvent['body'], end: NonNullable<ReferenceState['end']>): boolean {
  return (
    body.parentBrandOrderReference === undefined &&
    reportedStatusOf(body) === 'closed' &&
    end.outcome === 'cancelled' &&
    !end.closed &&
    body.status?.toLowerCase() === end.status.toLowerCase()
  );
}

/** Pads fractions to seven digits, so that date-times compare as text with full precision. */
function comparable(dateTime: string): string {
  const [seconds = '', fraction = ''] = dateTime.slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(7, '0')}Z`;
}
