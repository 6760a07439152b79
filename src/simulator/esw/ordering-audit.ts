import type { OrderEventBody } from './order-event-schema';

/** Our words for the end of an order (esw-order-event.md 8.3); ESW publishes none. Compared without case. */
const terminalStatuses = ['settled', 'cancelled'];

/**
 * - `creation-time-went-backwards`: `creationDateTime` is before that of an earlier event of the same reference.
 * - `event-after-terminal-status`: an event with another status follows Settled or Cancelled.
 * - `terminal-status-repeated`: one with the same status does. Legitimate for what is reported after a cancellation
 *   (esw-order-event.md 8.7), suspicious otherwise.
 * - `conflicting-body`: an id came again with a different body.
 */
export type AuditFindingKind =
  | 'creation-time-went-backwards'
  | 'event-after-terminal-status'
  | 'terminal-status-repeated'
  | 'conflicting-body';

/** Something a correct emitter does not do; recorded, never a reason to refuse an event. */
export interface AuditFinding {
  kind: AuditFindingKind;
  /** ISO 8601 time of receipt of the event at fault. */
  receivedAt: string;
  tenantCode: string;
  /** `brandOrderReference`, if the event has one. */
  reference: string | undefined;
  /** Id of the event at fault. */
  id: string | undefined;
  /** Id of the earlier event that it contradicts. */
  earlierId: string | undefined;
  /** One sentence for people. */
  detail: string;
}

/** The facts of one event that the audit looks at. */
export interface AuditedEvent {
  receivedAt: string;
  tenantCode: string;
  body: OrderEventBody;
}

interface Timeline {
  latest?: { at: string; id: string | undefined };
  terminal?: { status: string; id: string | undefined };
}

/** Watches the order of the stored events per tenant and `brandOrderReference`; replays are not shown to it. */
export class OrderingAudit {
  private readonly timelines = new Map<string, Timeline>();
  private findings: AuditFinding[] = [];

  /** Notes one newly stored event. */
  observe(event: AuditedEvent): void {
    const { brandOrderReference: reference, status = '' } = event.body;
    if (reference === undefined) return;
    const key = JSON.stringify([event.tenantCode, reference]);
    const timeline = this.timelines.get(key) ?? {};
    this.timelines.set(key, timeline);
    this.checkTime(event, timeline);
    if (timeline.terminal) {
      const repeated = timeline.terminal.status.toLowerCase() === status.toLowerCase();
      const kind = repeated ? 'terminal-status-repeated' : 'event-after-terminal-status';
      this.report(
        kind,
        event,
        timeline.terminal.id,
        `${status || 'No status'} came after ${timeline.terminal.status}.`,
      );
    } else if (terminalStatuses.includes(status.toLowerCase())) {
      timeline.terminal = { status, id: event.body.id };
    }
  }

  /** Notes a known id with a different body. */
  conflict(event: AuditedEvent): void {
    this.report(
      'conflicting-body',
      event,
      event.body.id,
      'The id was accepted before with a different body.',
    );
  }

  /** Findings so far, oldest first. */
  list(): AuditFinding[] {
    return structuredClone(this.findings);
  }

  clear(): void {
    this.timelines.clear();
    this.findings = [];
  }

  private checkTime(event: AuditedEvent, timeline: Timeline): void {
    const { creationDateTime, id } = event.body;
    if (creationDateTime === undefined) return;
    const at = comparable(creationDateTime);
    if (timeline.latest !== undefined && at < timeline.latest.at) {
      const detail = `${creationDateTime} came after ${timeline.latest.at}.`;
      this.report('creation-time-went-backwards', event, timeline.latest.id, detail);
    } else {
      timeline.latest = { at, id };
    }
  }

  private report(
    kind: AuditFindingKind,
    event: AuditedEvent,
    earlierId: string | undefined,
    detail: string,
  ): void {
    const { receivedAt, tenantCode, body } = event;
    const { brandOrderReference: reference, id } = body;
    this.findings.push({ kind, receivedAt, tenantCode, reference, id, earlierId, detail });
  }
}

/** All seven fraction digits written out, so that valid date-times compare as text, beyond milliseconds too. */
function comparable(dateTime: string): string {
  const [seconds = '', fraction = ''] = dateTime.slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(7, '0')}Z`;
}
