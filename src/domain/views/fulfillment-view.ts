/** The events of an order at ESW, as the API shows them. */
import type { Owner } from '../broker/status-merge';
import { nameOf, type Emission, type Refusal } from '../outbox/outbox';
import { overtakenBy } from '../outbox/overtaken-by';

type EventView = Owner & {
  status: string;
  id?: string;
  /** Name of the event for people, and for `skip-emission`. */
  name: string;
};

export interface FulfillmentView {
  /** What ESW has of the portfolio order's own stream, in order; `id` is the OrderEvent's. */
  accepted: { status: string; id: string; at?: string }[];
  /** What is pending of that, in order. */
  pending: string[];
  /** Events of children and executions, if those are sent; the timeline lists each one. */
  children?: { accepted: number; pending: number };
  /** What ESW rejected, or could not be built, of all streams. */
  refused: (EventView & {
    refusal: Refusal;
    /** Event that ESW has and that belongs after this one: resent, it arrives out of order. */
    arrivesAfter?: string;
  })[];
  /** What an operator left out, of all streams; absent for nothing. */
  skipped?: EventView[];
  /** Why emission is paused, and until when; ISO 8601 UTC. */
  paused?: { why: 'unauthorised' | 'busy'; message: string; since: string; until: string };
}

/** @param isFinished true for an order of which nothing more is sent */
export function fulfillmentView(emission: Emission, isFinished: boolean): FulfillmentView {
  const { detail, inFlight, retryQueue, outbox, accepted, refused, skipped = [], pause } = emission;
  const pendingEvents = [...inFlight, ...retryQueue, ...outbox];
  return {
    accepted: accepted.filter(isOwn),
    pending: pendingEvents.filter(isOwn).map(({ status }) => status),
    ...(detail !== 'portfolio' && {
      children: { accepted: othersIn(accepted), pending: othersIn(pendingEvents) },
    }),
    refused: refused.map((event) => {
      const later = overtakenBy(emission, event);
      const { refusal } = event;
      return {
        ...eventView(event),
        refusal,
        ...(later && { arrivesAfter: nameOf(later) }),
      };
    }),
    ...(skipped.length > 0 && { skipped: skipped.map(eventView) }),
    ...(pause &&
      !isFinished && {
        paused: {
          why: pause.why,
          message: pause.refusal.message,
          since: new Date(pause.since).toISOString(),
          until: new Date(pause.until).toISOString(),
        },
      }),
  };
}

function eventView(event: Omit<EventView, 'name'>): EventView {
  const { status, orderId, executionId, id } = event;
  return {
    status,
    ...(orderId !== undefined && { orderId }),
    ...(executionId !== undefined && { executionId }),
    ...(id !== undefined && { id }),
    name: nameOf(event),
  };
}

function isOwn({ orderId }: Owner): boolean {
  return orderId === undefined;
}

function othersIn(list: Owner[]): number {
  return list.filter((one) => !isOwn(one)).length;
}
