/**
 * Processes the events of one webhook request: each is delivered to its order, parked, or acknowledged as unrelated. All
 * of it is durable when `acceptBatch` resolves. No event content makes it reject.
 */
import { isUtf8 } from 'node:buffer';
import {
  deliverOrPark,
  parkedAsList,
  parkedSingly,
  undelivered,
  type EventDelivery,
} from './deliver-or-park';
import type { ParkedEvent } from '../parked-events/park';
import type { EventRouter, RoutedEvent, UnusableEvent } from '../../upvest/webhooks/event-router';
import { readEnvelope } from '../../upvest/webhooks/read-event';
import type { BatchProgress } from './batch-progress';
import { deliverInTime } from './deliver-in-time';
import type { EventOutcome } from './event-outcome';
import { byOrder, type OrderGroup } from './group-by-order';

export interface BatchParts extends EventDelivery {
  router: EventRouter;
  progress: BatchProgress;
  /** Time for the deliveries to orders, in milliseconds; what they do not finish is parked as one list. */
  deliveryMs: number;
  withDeadline: WithDeadline;
}

export interface AcceptedBatch {
  outcomes: EventOutcome[];
  /** Time of the oldest event about an order, in milliseconds since the epoch; undefined if there is none. */
  oldestAt: number | undefined;
}

/** Runs work with a deadline for its Temporal requests. */
export type WithDeadline = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Each parked event costs a workflow start of some milliseconds, for which the whole feed waits. More events of one request
 * and reason than this are parked as one list.
 */
const MAX_PARKED_SINGLY = 10;

/**
 * Deliveries have a part of the request's time, so that any number of orders is accepted: the others are parked together and
 * delivered by a worker. If Temporal does not even take that in time, the redelivery parks what is left at once: it has the whole
 * time for one call.
 *
 * @throws ServiceError when Temporal is unavailable: Upvest must redeliver the request
 */
export async function acceptBatch(
  body: Buffer,
  receivedAt: string,
  parts: BatchParts,
): Promise<AcceptedBatch> {
  const { router, deadLetterQueue, withDeadline, progress, deliveryMs } = parts;
  const events = isUtf8(body) ? readEnvelope(body.toString('utf8')) : undefined;
  if (events === undefined) {
    const detail = 'The body has a valid signature, but is not a JSON list of events';
    await withDeadline(() => deadLetterQueue.park({ reason: 'UNREADABLE', detail, receivedAt, raw: body }));
    return { outcomes: [{ kind: 'parked', detail: 'UNREADABLE', events: 1 }], oldestAt: undefined };
  }
  const routed = await router.route(events, receivedAt);
  let hasFailed = false;
  const deliver = async (group: OrderGroup): Promise<EventOutcome> => {
    const detail = await deliverOrPark(group, receivedAt, parts);
    const kind = detail === 'LATE' || detail === 'REFUSED_BY_ORDER' ? 'parked' : 'order';
    const outcome: EventOutcome = { kind, detail, events: group.raws.length };
    if (hasFailed) progress.remember(group, outcome);
    return outcome;
  };
  const groups = byOrder(routed);
  const outcomes = new Map<OrderGroup, EventOutcome>();
  const known = (group: OrderGroup) => Promise.resolve(progress.outcomeOf(group) ?? deliver(group));
  const take = async (): Promise<OrderGroup[]> => {
    if (!progress.hasFailed(groups)) return deliverInTime(groups, known, deliveryMs, outcomes);
    const left = groups.filter((group) => progress.outcomeOf(group) === undefined);
    if (left.length > 1) return left;
    for (const group of groups) outcomes.set(group, await known(group));
    return [];
  };
  return withDeadline(async () => {
    try {
      const [rest] = await Promise.all([
        take(),
        ...toPark(routed, receivedAt).map((event) => deadLetterQueue.park(event)),
      ]);
      if (rest.length > 0) await deadLetterQueue.park(undelivered(rest, receivedAt));
      const parked = new Map(rest.map((group) => [group, parkedOutcome(group)]));
      return {
        outcomes: [...new Map([...outcomes, ...parked]).values(), ...routed.flatMap(otherOutcomes)],
        oldestAt: oldestOf(routed),
      };
    } catch (error) {
      hasFailed = true;
      progress.failed(groups);
      for (const [group, outcome] of outcomes) progress.remember(group, outcome);
      throw error;
    }
  });
}

function oldestOf(routed: RoutedEvent[]): number | undefined {
  const times = routed.flatMap((event) => (event.kind === 'order' ? [Date.parse(event.observation.at)] : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

function parkedOutcome({ raws }: OrderGroup): EventOutcome {
  return { kind: 'parked', detail: 'UNROUTED', events: raws.length };
}

/** Outcomes of events that are not delivered to an order. */
function otherOutcomes(event: RoutedEvent): EventOutcome[] {
  switch (event.kind) {
    case 'order':
      return [];
    case 'parked':
      return [{ kind: 'parked', detail: event.reason, events: 1 }];
    case 'foreign':
      return [{ kind: 'foreign', detail: event.flow, events: 1 }];
  }
}

function toPark(routed: RoutedEvent[], receivedAt: string): ParkedEvent[] {
  const byReason = new Map<string, [UnusableEvent, ...UnusableEvent[]]>();
  for (const event of routed) {
    if (event.kind !== 'parked') continue;
    const group = byReason.get(event.reason);
    if (group === undefined) byReason.set(event.reason, [event]);
    else group.push(event);
  }
  return [...byReason.values()].flatMap((events) =>
    events.length > MAX_PARKED_SINGLY
      ? [parkedAsList(events, receivedAt)]
      : events.map((event) => parkedSingly(event, receivedAt)),
  );
}
