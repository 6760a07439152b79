/**
 * Finds the portfolio order of a webhook event (references/upvest.md#correlation). Owners are cached from the events themselves,
 * and an unknown owner is looked up once: in what all processes have learnt, then at Upvest.
 */
import type { Observation } from '../../domain/broker/observation';
import { TimeLimitReached, withTimeLimit } from '../../lib/timeout';
import type { UpvestClient } from '../client/client';
import { UpvestRefused } from '../client/errors';
import { readEvent, type ObservationEvent, type ReceivedEvent } from './read-event';
import { createOrderOwners, OwnerUnknown, type LearntOwners, type Owner } from './order-owners';
import { createRebalancingOwners } from './rebalancing-owners';

/** An event of a portfolio order. */
export interface RoutedToOrder {
  kind: 'order';
  portfolioOrderId: string;
  observation: Observation;
  /** Its JSON as received. */
  raw: string;
}

/** An event of an order outside any portfolio order; ignored. */
export interface ForeignEvent {
  kind: 'foreign';
  /** Flow that started the order; `REBALANCING` for a rebalancing without a portfolio order. */
  flow: string;
}

/** An event that cannot be processed now. */
export interface UnusableEvent {
  kind: 'parked';
  reason: 'UNREADABLE' | 'UNKNOWN_TYPE' | 'UNROUTED';
  /** One sentence for an operator. */
  detail: string;
  eventId?: string;
  /** Its JSON as received. */
  raw: string;
}

export type RoutedEvent = RoutedToOrder | ForeignEvent | UnusableEvent;

export interface EventRouter {
  /**
   * Routes the events of one request, in their order; each may supply owners for the others. Never rejects.
   *
   * @param receivedAt ISO 8601; time of events without their own time
   */
  route(received: ReceivedEvent[], receivedAt: string): Promise<RoutedEvent[]>;
}

export interface EventRouterOptions {
  upvest: Pick<UpvestClient, 'readOrder' | 'readPortfolioOrder' | 'listRebalancingOrders'>;
  /** Time limit of the lookups of one request, in milliseconds. */
  lookupTimeLimitMs: number;
  /**
   * Whether to look up the portfolio orders of rebalancings. One rebalancing covers many accounts, so the webhook handler
   * leaves these lookups to parked events.
   */
  looksUpRebalancings: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Cached ids of each kind. Default 100,000. */
  cacheSize?: number;
  /** What all processes have learnt. Default: each process learns by itself. */
  learnt?: LearntOwners;
}

export function createEventRouter(options: EventRouterOptions): EventRouter {
  const { upvest, lookupTimeLimitMs, looksUpRebalancings, now, cacheSize = 100_000, learnt } = options;
  const owners = createOrderOwners({
    ...{ upvest, lookupTimeLimitMs, now, cacheSize },
    ...(learnt && { learnt }),
  });
  const rebalancings = createRebalancingOwners({
    upvest: looksUpRebalancings ? upvest : undefined,
    lookupTimeLimitMs,
    cacheSize,
  });

  async function findOwner({ route }: ObservationEvent): Promise<Owner> {
    if ('portfolioOrderId' in route) return route;
    if ('orderId' in route) return owners.ownerOf(route.orderId, route.order);
    return rebalancings.ownerOf(route);
  }

  async function routeEvent(
    event: ReturnType<typeof readEvent>,
    raw: string,
    timeUp: Promise<never>,
  ): Promise<RoutedEvent> {
    const known = event.eventId === undefined ? {} : { eventId: event.eventId };
    if (event.kind === 'unreadable') {
      const { reason, detail } = event;
      return { kind: 'parked', reason, detail, ...known, raw };
    }
    try {
      const owner = await Promise.race([findOwner(event), timeUp]);
      if ('flow' in owner) return { kind: 'foreign', ...owner };
      return { kind: 'order', ...owner, observation: event.observation, raw };
    } catch (error) {
      return {
        kind: 'parked',
        reason: 'UNROUTED',
        detail: `${event.type}: ${whyUnknown(error)}`,
        ...known,
        raw,
      };
    }
  }

  return {
    async route(received, receivedAt) {
      const events = received.map(({ json }) => readEvent(json, receivedAt));
      for (const event of events) {
        if (event.kind === 'unreadable') continue;
        owners.cacheFrom(event);
        rebalancings.cacheFrom(event);
      }
      return withTimeLimit(lookupTimeLimitMs, (signal) => {
        // One for all events: a signal searches all of its listeners for each new one.
        const timeUp = rejection(signal);
        return Promise.all(
          events.map((event, index) => routeEvent(event, received[index]?.text ?? '', timeUp)),
        );
      });
    },
  };
}

/** Rejects with the signal's reason when it aborts. */
function rejection(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  rejected.catch(() => undefined);
  return rejected;
}

function whyUnknown(error: unknown): string {
  if (error instanceof OwnerUnknown) return error.message;
  if (error instanceof TimeLimitReached) return 'Upvest did not answer the lookup of its order in time';
  if (error instanceof UpvestRefused && error.status === 404) return 'Upvest does not know its order';
  return 'the lookup of its order at Upvest failed';
}
