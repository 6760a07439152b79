/** Delivers routed events to their order, or parks them. */
import { writeJson } from '../../lib/json';
import type { OrderSignals } from '../orders/deliver';
import type { ParkedEvent, DeadLetterQueue } from '../parked-events/park';
import type { UnusableEvent } from '../../upvest/webhooks/event-router';
import type { OrderGroup } from './group-by-order';

export interface EventDelivery {
  inbox: OrderSignals;
  deadLetterQueue: DeadLetterQueue;
}

/** Context shared by all events of one request. */
export interface Received {
  /** ISO 8601 UTC. */
  receivedAt: string;
  /** The whole body, parked in place of an event that cannot be serialised. */
  body: Buffer;
}

/**
 * Durable when it resolves: delivered, or parked because the order had finished without these events or rejected them.
 *
 * @throws ServiceError when Temporal is unavailable
 */
export async function deliverOrPark(
  { portfolioOrderId, observations, raws }: OrderGroup,
  { receivedAt, body }: Received,
  { inbox, deadLetterQueue }: EventDelivery,
): Promise<'delivered' | 'redundant' | 'LATE' | 'REFUSED_BY_ORDER'> {
  const delivery = await inbox.deliver(portfolioOrderId, observations);
  if (delivery.kind === 'delivered' || delivery.kind === 'redundant') return delivery.kind;

  const reason = delivery.kind === 'late' ? 'LATE' : 'REFUSED_BY_ORDER';
  // Parked under the id of its first event, so that operators find it by Upvest's id.
  const source = observations[0]?.source;
  await deadLetterQueue.park({
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

/** The events of orders that there was no time to deliver, as one list. */
export function undelivered(groups: OrderGroup[], { receivedAt, body }: Received): ParkedEvent {
  const raws = groups.flatMap((group) => group.raws);
  const detail = `${raws.length} events of ${groups.length} orders: Temporal did not take all in time`;
  return { reason: 'UNROUTED', detail, receivedAt, raw: writeJson(raws) ?? body };
}

/** Parks many events as one list, which is also retried as one. */
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
