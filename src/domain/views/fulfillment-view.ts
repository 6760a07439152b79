/** The events of an order at ESW, as the API shows them. */
import type { Owner } from '../broker/status-merge';
import type { Emission, Refusal } from '../outbox/outbox';

export interface FulfillmentView {
  /** What ESW has of the portfolio order's own stream, in order; `id` is the OrderEvent's. */
  accepted: { status: string; id: string; at?: string }[];
  /** What is pending of that, in order. */
  pending: string[];
  /** Events of children and executions, if those are sent; the timeline lists each one. */
  children?: { accepted: number; pending: number };
  /** What ESW rejected, or could not be built, of all streams. */
  refused: (Owner & { status: string; id?: string; refusal: Refusal })[];
  /** Why emission is paused, and until when; ISO 8601 UTC. */
  paused?: { why: 'unauthorised' | 'busy'; message: string; since: string; until: string };
}

/** @param isFinished true for an order of which nothing more is sent */
export function fulfillmentView(emission: Emission, isFinished: boolean): FulfillmentView {
  const { detail, inFlight, retryQueue, outbox, accepted, refused, pause } = emission;
  const pendingEvents = [...inFlight, ...retryQueue, ...outbox];
  return {
    accepted: accepted.filter(isOwn),
    pending: pendingEvents.filter(isOwn).map(({ status }) => status),
    ...(detail !== 'portfolio' && {
      children: { accepted: othersIn(accepted), pending: othersIn(pendingEvents) },
    }),
    refused: refused.map(({ status, orderId, executionId, id, refusal }) => ({
      status,
      ...(orderId !== undefined && { orderId }),
      ...(executionId !== undefined && { executionId }),
      ...(id !== undefined && { id }),
      refusal,
    })),
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

function isOwn({ orderId }: Owner): boolean {
  return orderId === undefined;
}

function othersIn(list: Owner[]): number {
  return list.filter((one) => !isOwn(one)).length;
}
