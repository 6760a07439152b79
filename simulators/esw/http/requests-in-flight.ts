import type { Violation } from '../audit/audit-findings';

/** Identifies an event in flight. */
export interface InFlightEvent {
  /** Key of the order group: the portfolio order with its children. */
  group: string;
  id: string | undefined;
  reference: string | undefined;
}

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
 * Checks the rule of one event in flight per order group (references/esw.md#order-of-events). The event of a request is
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
        return this.spans.flatMap((other) => checkOverlap(span.startedAt, subject, other));
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

function checkOverlap(startedAt: number, { group, id, reference }: InFlightEvent, other: Span): Violation[] {
  const { subject: earlier, endedAt } = other;
  if (earlier?.group !== group || endedAt < startedAt) return [];
  // The spans include the request itself, which is the same event.
  if (earlier.reference === reference && earlier.id?.toLowerCase() === id?.toLowerCase()) return [];
  const detail = 'The event arrived while another event of the same portfolio order was in flight.';
  return [{ code: 'family-in-flight-together', earlier, detail }];
}
