import type { Violation } from '../audit/audit-findings';

/** Identifies an event in flight. */
export interface InFlightEvent {
  /** Key of the order group: the portfolio order with its children. */
  group: string;
  id: string | undefined;
  reference: string | undefined;
  /** True for an event of the portfolio order that must not overlap with events of its children: the placement, and its ends. */
  isAlone?: boolean;
}

/** Events of an order group that may be in flight together. */
const MOST_TOGETHER = 8;

/** One event request, from the arrival of its headers to the start of its response. */
export interface InFlightRequest {
  /** Identifies the event of the request and returns violations by overlapping requests. Call it once. */
  identify(subject: InFlightEvent): Violation[];
  /** Marks the start of the response or the loss of the connection; idempotent. */
  end(): void;
}

interface Span {
  startedAt: number;
  endedAt: number;
  subject?: InFlightEvent;
}

/**
 * Checks which events of an order group are in flight together (references/esw.md#order-of-events): one of each reference, at most
 * eight in all, and none beside the portfolio order's placement, fulfilment or end. The event of a request is
 * known only after its body is read, so ended requests are kept while an older request is still unread. A repetition of
 * the same event is no violation: a client that timed out may retry before the simulator notices the disconnect.
 */
export class RequestsInFlight {
  private spans: Span[] = [];
  /** Logical clock of starts and ends; unlike real time, it never repeats. */
  private logicalTime = 0;

  begin(): InFlightRequest {
    const span: Span = { startedAt: (this.logicalTime += 1), endedAt: Infinity };
    this.spans.push(span);
    return {
      identify: (subject) => {
        span.subject = subject;
        const overlapping = this.spans.filter((other) => isOverlap(span.startedAt, subject, other));
        const atOnce = overlapping.filter(isOpen).length + 1;
        return [
          ...overlapping.flatMap(({ subject: earlier }) => conflictOf(subject, earlier)),
          ...(atOnce > MOST_TOGETHER ? [tooMany(atOnce)] : []),
        ];
      },
      end: () => {
        if (span.endedAt !== Infinity) return;
        span.endedAt = this.logicalTime += 1;
        const oldest = Math.min(...this.spans.filter(isOpen).map(({ startedAt }) => startedAt));
        this.spans = this.spans.filter(({ endedAt }) => endedAt > oldest);
      },
    };
  }
}

function isOpen({ endedAt }: Span): boolean {
  return endedAt === Infinity;
}

/** True for another event of the group; the spans include the request itself. */
function isOverlap(startedAt: number, { group, id, reference }: InFlightEvent, other: Span): boolean {
  const { subject, endedAt } = other;
  if (subject?.group !== group || endedAt < startedAt) return false;
  return subject.reference !== reference || subject.id?.toLowerCase() !== id?.toLowerCase();
}

function conflictOf(subject: InFlightEvent, earlier: InFlightEvent | undefined): Violation[] {
  if (earlier === undefined) return [];
  if (earlier.reference === subject.reference) {
    const detail = 'The event arrived while another event of the same reference was in flight.';
    return [{ code: 'reference-in-flight-together', earlier, detail }];
  }
  if (earlier.isAlone !== true && subject.isAlone !== true) return [];
  const detail =
    'The event arrived while another event of its portfolio order was in flight, of which one must have its answer before.';
  return [{ code: 'family-in-flight-together', earlier, detail }];
}

function tooMany(atOnce: number): Violation {
  const detail = `The event arrived while ${atOnce - 1} others of its portfolio order were in flight.`;
  return { code: 'family-in-flight-together', detail };
}
