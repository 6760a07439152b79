/**
 * Finds out which portfolio order a webhook event belongs to (`upvest.md` 7). Needs no table: owners are learnt from the
 * events themselves, and one that was never told is asked for once.
 */
import type { Observation } from '../domain/observation';
import type { UpvestClient } from './client';
import { UpvestRefused } from './errors';
import { readEvent, type ObservationEvent } from './events';
import { createOwnerDirectory, OwnerUnknown, type Owner } from './owner-directory';
import { createRebalancingDirectory } from './rebalancing-directory';

/** An event that tells something about a portfolio order. */
export interface RoutedToOrder {
  kind: 'order';
  portfolioOrderId: string;
  observation: Observation;
  raw: unknown;
}

/** An event of an order that belongs to no portfolio order: none of our business. */
export interface ForeignEvent {
  kind: 'foreign';
  /** What started the order; `REBALANCING` for a rebalancing that ended without a portfolio order. */
  flow: string;
}

/** An event that cannot be used now. */
export interface UnusableEvent {
  kind: 'parked';
  reason: 'UNREADABLE' | 'UNKNOWN_TYPE' | 'UNROUTED';
  /** One sentence for an operator. */
  detail: string;
  eventId?: string;
  raw: unknown;
}

export type RoutedEvent = RoutedToOrder | ForeignEvent | UnusableEvent;

export interface EventRouter {
  /**
   * The events of one request, in their order; they help to route each other. Never rejects.
   *
   * @param receivedAt ISO 8601; stands in where an event does not say when it happened
   */
  route(raws: unknown[], receivedAt: string): Promise<RoutedEvent[]>;
}

export interface EventRouterOptions {
  upvest: Pick<UpvestClient, 'readOrder' | 'readPortfolioOrder' | 'listRebalancingOrders'>;
  /** How long the events of one request may wait for Upvest's answers, milliseconds. */
  questionBudgetMs: number;
  /**
   * Whether Upvest is asked for the portfolio order of a rebalancing too. One rebalancing covers many accounts, so
   * whoever has to be quick leaves that to the parked events.
   */
  asksForRebalancings: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Ids kept in memory, of each kind. Default 100,000. */
  cacheSize?: number;
}

export function createEventRouter(options: EventRouterOptions): EventRouter {
  const { upvest, questionBudgetMs, asksForRebalancings, now, cacheSize = 100_000 } = options;
  const owners = createOwnerDirectory({ upvest, questionBudgetMs, now, cacheSize });
  const rebalancings = createRebalancingDirectory({
    upvest: asksForRebalancings ? upvest : undefined,
    questionBudgetMs,
    cacheSize,
  });

  async function findOwner({ route }: ObservationEvent): Promise<Owner> {
    if ('portfolioOrderId' in route) return route;
    if ('orderId' in route) return owners.ownerOf(route.orderId, route.order);
    return rebalancings.ownerOf(route);
  }

  async function routeRead(
    event: ReturnType<typeof readEvent>,
    raw: unknown,
    expiry: Promise<never>,
  ): Promise<RoutedEvent> {
    const known = event.eventId === undefined ? {} : { eventId: event.eventId };
    if (event.kind === 'unreadable') {
      const { reason, detail } = event;
      return { kind: 'parked', reason, detail, ...known, raw };
    }
    try {
      const owner = await Promise.race([findOwner(event), expiry]);
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
    async route(raws, receivedAt) {
      const events = raws.map((raw) => readEvent(raw, receivedAt));
      for (const event of events) {
        if (event.kind === 'unreadable') continue;
        owners.learn(event);
        rebalancings.learn(event);
      }
      const budget = expiryAfter(questionBudgetMs);
      try {
        return await Promise.all(events.map((event, index) => routeRead(event, raws[index], budget.expiry)));
      } finally {
        budget.clear();
      }
    },
  };
}

function whyUnknown(error: unknown): string {
  if (error instanceof OwnerUnknown) return error.message;
  if (error instanceof UpvestRefused && error.status === 404) return 'Upvest does not know its order';
  return 'Upvest could not be asked for its order';
}

function expiryAfter(ms: number): { expiry: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OwnerUnknown('Upvest did not say in time whose it is'));
    }, ms);
  });
  // Nobody waits for it where no event needs an answer.
  expiry.catch(() => undefined);
  return {
    expiry,
    clear: () => {
      clearTimeout(timer);
    },
  };
}
