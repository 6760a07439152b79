/** What people are shown of an order's events to ESW. */
import type { Addressed, Emission, Refusal } from './emission';

export interface FulfillmentView {
  /** What ESW has of the portfolio order's own stream, in order; `id` is the OrderEvent's. */
  accepted: { status: string; id: string; at?: string }[];
  /** What it is owed of that, in order. */
  pending: string[];
  /** Events of children and executions, where those are sent; each of them stands in the timeline. */
  children?: { accepted: number; pending: number };
  /** What ESW refused, or could not be built, of all streams. */
  refused: (Addressed & { id?: string; refusal: Refusal })[];
  /** Why nothing is sent just now, and when it is tried again; ISO 8601 UTC. */
  paused?: { why: 'unauthorised' | 'busy'; message: string; since: string; until: string };
}

export function fulfillmentView(emission: Emission): FulfillmentView {
  const { detail = 'portfolio', inFlight, again = [], outbox, accepted, refused, pause } = emission;
  const owed = [...inFlight, ...again, ...outbox];
  return {
    accepted: accepted.filter(isOwn),
    pending: owed.filter(isOwn).map(({ status }) => status),
    ...(detail !== 'portfolio' && { children: { accepted: othersIn(accepted), pending: othersIn(owed) } }),
    refused: refused.map(({ status, orderId, executionId, id, refusal }) => ({
      status,
      ...(orderId !== undefined && { orderId }),
      ...(executionId !== undefined && { executionId }),
      ...(id !== undefined && { id }),
      refusal,
    })),
    ...(pause && {
      paused: {
        why: pause.why,
        message: pause.refusal.message,
        since: new Date(pause.since).toISOString(),
        until: new Date(pause.until).toISOString(),
      },
    }),
  };
}

function isOwn({ orderId }: Addressed): boolean {
  return orderId === undefined;
}

function othersIn(list: Addressed[]): number {
  return list.filter((one) => !isOwn(one)).length;
}
