/** Delivers routed events to their order, or parks them. */
import type { OrderSignals } from '../orders/deliver';
import type { ParkedEvent, DeadLetterQueue } from '../parked-events/park';
import type { UnusableEvent } from '../../upvest/webhooks/event-router';
import { asOneText, type OrderGroup } from './group-by-order';

export interface EventDelivery {
  inbox: OrderSignals;
  deadLetterQueue: DeadLetterQueue;
}

/**
 * Durable when it resolves: delivered, or parked because the order had finished without these events or rejected them.
 *
 * @param receivedAt ISO 8601 UTC
 * @throws ServiceError when Temporal is unavailable
 */
export async function deliverOrPark(
  { portfolioOrderId, observations, raws }: OrderGroup,
  receivedAt: string,
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
    raw: asOneText(raws),
  });
  return reason;
}

/** One event as it is parked. */
export function parkedSingly(event: UnusableEvent, receivedAt: string): ParkedEvent {
  const { reason, detail, eventId, raw } = event;
  return {
    reason,
    detail,
    receivedAt,
    raw,
    ...(eventId !== undefined && { eventId }),
  };
}

/** The events of orders that there was no time to deliver, as one list. */
export function undelivered(groups: OrderGroup[], receivedAt: string): ParkedEvent {
  const raws = groups.flatMap((group) => group.raws);
  const detail = `${raws.length} events of ${groups.length} orders: Temporal did not take all in time`;
  return { reason: 'UNROUTED', detail, receivedAt, raw: asOneText(raws) };
}

/** Parks many events as one list, which is also retried as one. */
export function parkedAsList(events: [UnusableEvent, ...UnusableEvent[]], receivedAt: string): ParkedEvent {
  const [{ reason, detail, eventId }] = events;
  return {
    reason,
    detail: `${events.length} events, the first: ${detail}`,
    receivedAt,
    raw: asOneText(events.map(({ raw }) => raw)),
    ...(eventId !== undefined && { eventId }),
  };
}
