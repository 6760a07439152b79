import type { Verdict } from './audit-findings';

/** An event as far as it matters which others are under way. */
export interface FlightSubject {
  /** Key of the portfolio order with its children. */
  family: string;
  id: string | undefined;
  reference: string | undefined;
}

/** One event request between the arrival of its head and the beginning of its answer. */
export interface Flight {
  /** Says what the request carries, and what is wrong with its being under way now. To be called once. */
  identify(subject: FlightSubject): Verdict[];
  /** The answer begins, or the connection is gone; further calls do nothing. */
  end(): void;
}

interface Span {
  begun: number;
  ended: number;
  subject?: FlightSubject;
}

/**
 * Watches the rule of one event in flight per portfolio order (esw-order-event.md 8.7). What a request carries is known
 * only when its body is read, so requests that have ended are remembered while one from before their end is unread. A
 * repetition of the same event is not a second event: a client that gave up may come back before it is noticed.
 */
export class RequestsInFlight {
  private spans: Span[] = [];
  /** Counts beginnings and ends; unlike a clock, it never gives two of them the same time. */
  private tick = 0;

  begin(): Flight {
    const span: Span = { begun: (this.tick += 1), ended: Infinity };
    this.spans.push(span);
    return {
      identify: (subject) => {
        span.subject = subject;
        return this.spans.flatMap((other) => judge(span.begun, subject, other));
      },
      end: () => {
        if (span.ended !== Infinity) return;
        span.ended = this.tick += 1;
        const oldest = Math.min(...this.spans.filter(isOpen).map(({ begun }) => begun));
        this.spans = this.spans.filter(({ ended }) => ended > oldest);
      },
    };
  }
}

function isOpen({ ended }: Span): boolean {
  return ended === Infinity;
}

function judge(begun: number, { family, id, reference }: FlightSubject, other: Span): Verdict[] {
  const { subject: earlier, ended } = other;
  if (earlier?.family !== family || ended < begun) return [];
  // The request itself is among the others, and it is the same event, too.
  if (earlier.reference === reference && earlier.id?.toLowerCase() === id?.toLowerCase()) return [];
  const detail = 'The event came while another one of the same portfolio order was being handled.';
  return [{ code: 'family-in-flight-together', earlier, detail }];
}
