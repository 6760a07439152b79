/** Where routed events go: to their order, or into a workflow that keeps them. */
import { writeJson } from '../json';
import type { OrderInbox } from '../temporal/order-inbox';
import type { ParkedEvent, ParkingLot } from '../temporal/parking-lot';
import type { UnusableEvent } from '../upvest/event-router';
import type { OrderGroup } from '../upvest/order-groups';

export interface EventDelivery {
  inbox: OrderInbox;
  parkingLot: ParkingLot;
}

/** What all events of one request have in common. */
export interface Received {
  /** ISO 8601 UTC. */
  receivedAt: string;
  /** The whole body: kept in place of an event that cannot be written by itself. */
  body: Buffer;
}

/**
 * Durable when it resolves: with the order, or parked where the order is finished and did not know it, or refused it.
 *
 * @throws ServiceError when Temporal cannot take it now
 */
export async function deliverOrPark(
  { portfolioOrderId, observations, raws }: OrderGroup,
  { receivedAt, body }: Received,
  { inbox, parkingLot }: EventDelivery,
): Promise<'delivered' | 'redundant' | 'LATE' | 'REFUSED_BY_ORDER'> {
  const delivery = await inbox.deliver(portfolioOrderId, observations);
  if (delivery.kind === 'delivered' || delivery.kind === 'redundant') return delivery.kind;

  const reason = delivery.kind === 'late' ? 'LATE' : 'REFUSED_BY_ORDER';
  // Named by its first event, so that an operator finds it by the id that Upvest knows.
  const source = observations[0]?.source;
  await parkingLot.park({
    ...(source?.kind === 'webhook' && { eventId: source.eventId }),
    reason,
    detail: `Portfolio order ${portfolioOrderId}: ${delivery.message}`,
    receivedAt,
    raw: writeJson(raws.length === 1 ? raws[0] : raws) ?? body,
  });
  return reason;
}

/** One event as it is parked. */
export function parkedSingly(event: UnusableEvent, { receivedAt, body }: Received): ParkedEvent {
  const { reason, detail, eventId, raw } = event;
  return {
    reason,
    detail,
    receivedAt,
    raw: writeJson(raw) ?? body,
    ...(eventId !== undefined && { eventId }),
  };
}

/** Events that are too many to be parked singly: they are kept, and tried again, as one list. */
export function parkedAsList(
  events: [UnusableEvent, ...UnusableEvent[]],
  { receivedAt, body }: Received,
): ParkedEvent {
  const [{ reason, detail, eventId }] = events;
  return {
    reason,
    detail: `${events.length} events, the first: ${detail}`,
    receivedAt,
    raw: writeJson(events.map(({ raw }) => raw)) ?? body,
    ...(eventId !== undefined && { eventId }),
  };
}
