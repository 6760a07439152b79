/**
 * Finds out which portfolio order a webhook event belongs to (`upvest.md` 7). Needs no table: order ids are learnt from
 * the events themselves, and one that was never seen is asked for once.
 */
import { LRUCache } from 'lru-cache';
import type { Observation } from '../domain/observation';
import type { UpvestClient } from './client';
import { UpvestRefused } from './errors';
import { portfolioOrderIdOf, readEvent, type ObservationEvent } from './events';

export type RoutedEvent =
  | { kind: 'order'; portfolioOrderId: string; observation: Observation; raw: unknown }
  /** Belongs to an order that is no child of a portfolio order: none of our business. */
  | { kind: 'foreign'; type: string }
  /** Cannot be used now; `detail` is one sentence for an operator. */
  | {
      kind: 'parked';
      reason: 'UNREADABLE' | 'UNKNOWN_TYPE' | 'UNROUTED';
      detail: string;
      eventId?: string;
      raw: unknown;
    };

export interface EventRouter {
  /** @param receivedAt ISO 8601; stands in where an event does not say when it happened */
  route(raw: unknown, receivedAt: string): Promise<RoutedEvent>;
  /** The events of one request, in their order; they help to route each other. */
  routeAll(raws: unknown[], receivedAt: string): Promise<RoutedEvent[]>;
}

export interface EventRouterOptions {
  upvest: Pick<UpvestClient, 'readOrder'>;
  /** How long one question to Upvest may take, milliseconds; a webhook waits for the answer. */
  questionBudgetMs: number;
  /** Order ids kept in memory. Default 100,000. */
  cacheSize?: number;
}

/** Stands for "no portfolio order" in the cache. */
const NONE = '';

export function createEventRouter({
  upvest,
  questionBudgetMs,
  cacheSize = 100_000,
}: EventRouterOptions): EventRouter {
  // The cache asks for a missing entry once, however many events wait for it.
  const portfolioOrderOf = new LRUCache<string, string>({
    max: cacheSize,
    fetchMethod: async (orderId) => {
      const order = await upvest.readOrder(orderId, { signal: AbortSignal.timeout(questionBudgetMs) });
      return portfolioOrderIdOf(order) ?? NONE;
    },
  });

  function learn({ route, observation }: ObservationEvent): void {
    if (!('portfolioOrderId' in route)) return;
    if (observation.subject === 'order') portfolioOrderOf.set(observation.id, route.portfolioOrderId);
    if (observation.subject === 'portfolio-order') {
      for (const child of observation.orders) portfolioOrderOf.set(child.id, route.portfolioOrderId);
    }
  }

  async function findOrder(event: ObservationEvent): Promise<string> {
    if ('portfolioOrderId' in event.route) return event.route.portfolioOrderId;
    const { orderId } = event.route;
    // An ORDER event that names no portfolio order says so itself; asking would bring the same answer.
    if (event.observation.subject === 'order' && event.initiationFlow !== undefined) {
      return portfolioOrderOf.get(orderId) ?? NONE;
    }
    return (await portfolioOrderOf.fetch(orderId)) ?? NONE;
  }

  async function routeRead(event: ReturnType<typeof readEvent>, raw: unknown): Promise<RoutedEvent> {
    const { eventId } = event;
    const known = eventId === undefined ? {} : { eventId };
    if (event.kind === 'unreadable')
      return { kind: 'parked', reason: event.reason, detail: event.detail, ...known, raw };
    if (event.kind === 'rebalancing') {
      const detail = `${event.type}: rebalancing execution orders are not followed`;
      return { kind: 'parked', reason: 'UNKNOWN_TYPE', detail, ...known, raw };
    }
    try {
      const portfolioOrderId = await findOrder(event);
      if (portfolioOrderId === NONE) return { kind: 'foreign', type: event.type };
      return { kind: 'order', portfolioOrderId, observation: event.observation, raw };
    } catch (error) {
      const why =
        error instanceof UpvestRefused
          ? 'Upvest does not know its order'
          : 'Upvest could not be asked for its order';
      return { kind: 'parked', reason: 'UNROUTED', detail: `${event.type}: ${why}`, ...known, raw };
    }
  }

  async function routeAll(raws: unknown[], receivedAt: string): Promise<RoutedEvent[]> {
    const events = raws.map((raw) => readEvent(raw, receivedAt));
    for (const event of events) if (event.kind === 'observation') learn(event);
    return Promise.all(events.map((event, index) => routeRead(event, raws[index])));
  }

  return {
    routeAll,
    async route(raw, receivedAt) {
      const event = readEvent(raw, receivedAt);
      if (event.kind === 'observation') learn(event);
      return routeRead(event, raw);
    },
  };
}
