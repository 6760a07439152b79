import type { AuditedEvent, Verdict } from './audit-findings';
import { endOf, milestoneOf } from './milestones';

/** What is remembered of the events of one reference. */
interface Timeline {
  latest?: { at: string; id: string | undefined };
  end?: { id: string | undefined; status: string; how: 'settled' | 'cancelled'; closed: boolean };
}

/** The order of the stored events of each reference by itself (esw-order-event.md 7 and 8.7). */
export class ReferenceOrder {
  private readonly timelines = new Map<string, Timeline>();

  /** Notes one newly stored event and says what is wrong with its place. */
  observe({ tenantCode, body }: AuditedEvent): Verdict[] {
    const reference = body.brandOrderReference;
    if (reference === undefined) return [];
    const key = JSON.stringify([tenantCode, reference]);
    const timeline = this.timelines.get(key) ?? {};
    this.timelines.set(key, timeline);
    return [...judgeTime(timeline, body), ...judgeEnd(timeline, body)];
  }

  clear(): void {
    this.timelines.clear();
  }
}

function judgeTime(timeline: Timeline, body: AuditedEvent['body']): Verdict[] {
  const { creationDateTime, id, brandOrderReference: reference } = body;
  if (creationDateTime === undefined) return [];
  const at = comparable(creationDateTime);
  const { latest } = timeline;
  if (latest === undefined || at >= latest.at) {
    timeline.latest = { at, id };
    return [];
  }
  const detail = `The creation time ${creationDateTime} came after ${latest.at}.`;
  return [{ code: 'creation-time-went-backwards', earlier: { id: latest.id, reference }, detail }];
}

function judgeEnd(timeline: Timeline, body: AuditedEvent['body']): Verdict[] {
  const { end } = timeline;
  const { id, status = 'no status', brandOrderReference: reference } = body;
  if (end === undefined) {
    const how = endOf(body);
    const closed = milestoneOf(body) === 'closed';
    if (how !== undefined) timeline.end = { id, status, how, closed };
    return [];
  }
  if (isLateExecution(body)) return [];
  if (isClosing(body, end)) {
    end.closed = true;
    return [];
  }
  const type = body.lastTransaction?.type;
  const event = type === undefined ? `An event with ${status}` : `${type} with ${status}`;
  const detail = `${event} came after the order had ended with ${end.status}.`;
  return [{ code: 'event-after-terminal-status', earlier: { id: end.id, reference }, detail }];
}

/** Executions of a cancelled child may still settle, and a mistrade comes late; only a child has executions. */
function isLateExecution(body: AuditedEvent['body']): boolean {
  return body.parentBrandOrderReference !== undefined && milestoneOf(body) === 'execution';
}

/** The one event that closes a cancelled portfolio order, with the status word that the cancellation had. */
function isClosing(body: AuditedEvent['body'], end: NonNullable<Timeline['end']>): boolean {
  return (
    body.parentBrandOrderReference === undefined &&
    milestoneOf(body) === 'closed' &&
    end.how === 'cancelled' &&
    !end.closed &&
    body.status?.toLowerCase() === end.status.toLowerCase()
  );
}

/** All seven fraction digits written out, so that valid date-times compare as text, beyond milliseconds too. */
function comparable(dateTime: string): string {
  const [seconds = '', fraction = ''] = dateTime.slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(7, '0')}Z`;
}
