/**
 * What becomes of the events of one webhook request: each ends with its order, parked, or acknowledged as none of our
 * business; all of it is durable when `acceptBatch` resolves. Nothing that an event holds makes it reject.
 */
import { isUtf8 } from 'node:buffer';
import {
  deliverOrPark,
  parkedAsList,
  parkedSingly,
  type EventDelivery,
  type Received,
} from './event-delivery';
import { parseJson } from '../json';
import type { ParkedEvent } from '../temporal/parking-lot';
import type { EventRouter, RoutedEvent, UnusableEvent } from '../upvest/event-router';
import { readEnvelope } from '../upvest/events';
import { byOrder, type OrderGroup } from '../upvest/order-groups';

export interface BatchParts extends EventDelivery {
  router: EventRouter;
  bounded: Bounded;
}

/** Runs work that asks something of Temporal, and gives up when that takes too long. */
export type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

/** What became of some events, for logs and counters. */
export interface Fate {
  kind: 'order' | 'parked' | 'foreign';
  /** `delivered` or `redundant`, the reason of parking, or the flow that started the order. */
  detail: string;
  events: number;
}

/**
 * Starting a workflow takes the engine milliseconds, and the whole feed waits for them. More events of a request than
 * this that are to be parked for one reason are kept as one list.
 */
const MAX_PARKED_SINGLY = 10;

/** @throws ServiceError when Temporal cannot take them now: deliver the request again */
export async function acceptBatch(body: Buffer, receivedAt: string, parts: BatchParts): Promise<Fate[]> {
  const { router, parkingLot, bounded } = parts;
  const raws = isUtf8(body) ? readEnvelope(parseJson(body.toString('utf8'))) : undefined;
  if (raws === undefined) {
    const detail = 'The body is signed, but it is no JSON list of events';
    await bounded(() => parkingLot.park({ reason: 'UNREADABLE', detail, receivedAt, raw: body }));
    return [{ kind: 'parked', detail: 'UNREADABLE', events: 1 }];
  }
  const routed = await router.route(raws, receivedAt);
  const received = { receivedAt, body };
  const deliver = async (group: OrderGroup): Promise<Fate> => {
    const fate = await deliverOrPark(group, received, parts);
    const kind = fate === 'LATE' || fate === 'REFUSED_BY_ORDER' ? 'parked' : 'order';
    return { kind, detail: fate, events: group.raws.length };
  };
  return bounded(async () => {
    const [orderFates] = await Promise.all([
      Promise.all(byOrder(routed).map(deliver)),
      ...toPark(routed, received).map((event) => parkingLot.park(event)),
    ]);
    return [...orderFates, ...routed.flatMap(fateOf)];
  });
}

/** Of those that went to no order. */
function fateOf(event: RoutedEvent): Fate[] {
  switch (event.kind) {
    case 'order':
      return [];
    case 'parked':
      return [{ kind: 'parked', detail: event.reason, events: 1 }];
    case 'foreign':
      return [{ kind: 'foreign', detail: event.flow, events: 1 }];
  }
}

function toPark(routed: RoutedEvent[], received: Received): ParkedEvent[] {
  const byReason = new Map<string, [UnusableEvent, ...UnusableEvent[]]>();
  for (const event of routed) {
    if (event.kind !== 'parked') continue;
    const group = byReason.get(event.reason);
    if (group === undefined) byReason.set(event.reason, [event]);
    else group.push(event);
  }
  return [...byReason.values()].flatMap((events) =>
    events.length > MAX_PARKED_SINGLY
      ? [parkedAsList(events, received)]
      : events.map((event) => parkedSingly(event, received)),
  );
}
