/** What a worker does with events that the webhook handler could not use. */
import { ApplicationFailure } from '@temporalio/activity';
import { deliverOrPark, parkedSingly, type EventDelivery, type Received } from '../src/event-delivery';
import { parseJson } from '../src/json';
import type { OrderInbox } from '../src/temporal/order-inbox';
import { unpackRaw } from '../src/temporal/raw-event';
import type { EventRouter, RoutedEvent } from '../src/upvest/event-router';
import { readEnvelope } from '../src/upvest/events';
import { byOrder, type OrderGroup } from '../src/upvest/order-groups';
import type { ParkedEventAttempt, ParkedEventInput } from '../workflows/messages';

export interface ParkedEventRoutingDeps extends EventDelivery {
  router: EventRouter;
}

/** Far fewer than a worker's activity slots: however many events wait, emission and hand-over find a free one. */
const MAX_AT_ONCE = 20;

export function createParkedEventRouting(
  deps: ParkedEventRoutingDeps,
): (parked: ParkedEventInput) => Promise<ParkedEventAttempt> {
  let running = 0;
  return async (parked) => {
    if (running >= MAX_AT_ONCE) {
      const nextRetryDelay = 1_000 + Math.random() * 9_000;
      const message = 'Other parked events are tried first';
      throw ApplicationFailure.create({ type: 'Busy', message, nextRetryDelay });
    }
    running += 1;
    try {
      return await routeParked(parked, deps);
    } finally {
      running -= 1;
    }
  };
}

async function routeParked(
  parked: ParkedEventInput,
  { router, inbox, parkingLot }: ParkedEventRoutingDeps,
): Promise<ParkedEventAttempt> {
  const { receivedAt } = parked;
  const body = unpackRaw(parked);
  const raws = readEnvelope(parseJson(body.toString('utf8')));
  if (raws === undefined) return { outcome: 'kept', why: 'it is no JSON list of events' };
  const routed = await router.route(raws, receivedAt);
  if (parked.isList) {
    await takeApart(routed, { receivedAt, body }, { inbox, parkingLot });
    return { outcome: 'taken-apart', events: raws.length };
  }
  const unusable = routed.find((event) => event.kind === 'parked');
  if (unusable !== undefined) return stillUnusable(unusable.reason, unusable.detail);
  const groups = byOrder(routed);
  const outcomes = await Promise.all(groups.map((group) => offer(group, inbox)));
  const kept = outcomes.find(({ outcome }) => outcome === 'kept');
  return kept ?? outcomes.find(({ outcome }) => outcome === 'routed') ?? outcomes[0] ?? foreign(routed);
}

/** An order that cannot be found may be found later; other events need a human, or a newer version of this project. */
function stillUnusable(reason: string, detail: string): ParkedEventAttempt {
  if (reason === 'UNROUTED') throw ApplicationFailure.retryable(detail, reason);
  return { outcome: 'kept', why: `${reason}, ${detail}` };
}

async function offer(
  { portfolioOrderId, observations }: OrderGroup,
  inbox: OrderInbox,
): Promise<ParkedEventAttempt> {
  const delivery = await inbox.deliver(portfolioOrderId, observations);
  switch (delivery.kind) {
    case 'delivered':
      return { outcome: 'routed', portfolioOrderId };
    case 'redundant':
      return { outcome: 'redundant' };
    case 'late':
      return { outcome: 'kept', why: delivery.message };
    case 'refused':
      throw ApplicationFailure.retryable(delivery.message, 'REFUSED_BY_ORDER');
  }
}

function foreign(routed: RoutedEvent[]): ParkedEventAttempt {
  const [first] = routed;
  return first?.kind === 'foreign' ? { outcome: 'foreign', flow: first.flow } : { outcome: 'redundant' };
}

/** Each event of a list is delivered, acknowledged, or parked by itself. Repeating it parks nothing twice. */
async function takeApart(routed: RoutedEvent[], received: Received, delivery: EventDelivery): Promise<void> {
  for (const group of byOrder(routed)) await deliverOrPark(group, received, delivery);
  for (const event of routed) {
    if (event.kind === 'parked') await delivery.parkingLot.park(parkedSingly(event, received));
  }
}
