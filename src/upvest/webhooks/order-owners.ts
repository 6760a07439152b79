/**
 * Cache of the portfolio orders that orders belong to (references/upvest.md#correlation), filled from events and
 * lookups: in what all processes have learnt, then at Upvest.
 */
import { LRUCache } from 'lru-cache';
import { UUID } from '../../domain/values/uuid';
import { withTimeLimit } from '../../lib/timeout';
import type { CallOptions, UpvestClient } from '../client/client';
import { UpvestRefused } from '../client/errors';
import { originOf, type ObservationEvent, type OrderOrigin } from './read-event';

/** The portfolio order of an order, or the flow that started it if it has none. */
export type Owner = { portfolioOrderId: string } | { flow: string };

/** Thrown while the owner cannot be determined. The message is one sentence for an operator. */
export class OwnerUnknown extends Error {}

export interface OrderOwners {
  /** Caches the owners that an event names. */
  cacheFrom(event: ObservationEvent): void;
  /**
   * @param origin the order's reported origin; without it, the order is read from Upvest
   * @throws OwnerUnknown, or what the client throws
   */
  ownerOf(orderId: string, origin?: OrderOrigin): Promise<Owner>;
}

/** What all processes have learnt. It never fails, and answers at once if it cannot know now. */
export interface LearntOwners {
  portfolioOrderOf(orderId: string): Promise<string | undefined>;
  learn(orderId: string, portfolioOrderId: string): void;
}

export interface OrderOwnersOptions {
  upvest: Pick<UpvestClient, 'readOrder' | 'readPortfolioOrder'>;
  /** Time limit of one lookup, in milliseconds. */
  lookupTimeLimitMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Cached orders and portfolio orders. */
  cacheSize: number;
  learnt?: LearntOwners;
}

/**
 * Flows of child orders. The meaning of the second one's reference is undocumented (references/upvest.md#open-questions
 * no. 6).
 */
const CHILD_FLOWS = new Set(['PORTFOLIO', 'PORTFOLIO_REBALANCING']);
/** Time in which Upvest may not know a new portfolio order yet (references/upvest.md#errors). */
const PROPAGATION_MS = 10 * 60_000;
/** Maximum number of concurrent lookups, which webhook requests wait for. Further events are parked and retried. */
const MAX_LOOKUPS = 20;

export function createOrderOwners(options: OrderOwnersOptions): OrderOwners {
  const { upvest, lookupTimeLimitMs, now, cacheSize, learnt } = options;
  let lookups = 0;

  async function lookUp<T>(call: (options: CallOptions) => Promise<T>): Promise<T> {
    if (lookups >= MAX_LOOKUPS) throw new OwnerUnknown('too many orders to look up at once');
    lookups += 1;
    try {
      return await withTimeLimit(lookupTimeLimitMs, (signal) => call({ signal }));
    } finally {
      lookups -= 1;
    }
  }

  // The caches share one lookup among all events that wait for an entry.
  const portfolioOrders = new LRUCache<string, true>({
    max: cacheSize,
    fetchMethod: async (id) => {
      try {
        await lookUp((limited) => upvest.readPortfolioOrder(id, limited));
        return true;
      } catch (error) {
        if (error instanceof UpvestRefused && error.status === 404) return undefined;
        throw error;
      }
    },
  });
  const owners = new LRUCache<string, Owner, OrderOrigin | undefined>({
    max: cacheSize,
    fetchMethod: async (orderId, _stale, { context }) => {
      const known = await learnt?.portfolioOrderOf(orderId);
      if (known !== undefined) return { portfolioOrderId: known };
      const owner = await find(
        context ?? originOf(await lookUp((limited) => upvest.readOrder(orderId, limited))),
      );
      if ('portfolioOrderId' in owner) learnt?.learn(orderId, owner.portfolioOrderId);
      return owner;
    },
  });

  /** What an event says of an order. */
  function keep(orderId: string, portfolioOrderId: string): void {
    const known = owners.peek(orderId);
    const isNew = known === undefined || !('portfolioOrderId' in known);
    owners.set(orderId, { portfolioOrderId });
    if (isNew) learnt?.learn(orderId, portfolioOrderId);
  }

  async function find({ flow = 'API', clientReference, createdAt }: OrderOrigin): Promise<Owner> {
    const isChild = CHILD_FLOWS.has(flow);
    if (clientReference === undefined) {
      if (isChild)
        throw new OwnerUnknown(`it is a child order (${flow}) without the id of its portfolio order`);
      return { flow };
    }
    const parent = parentOf({ flow, clientReference });
    if (parent !== undefined) return { portfolioOrderId: parent };
    // Children of savings plans have another flow, and clients may use UUIDs for single orders: only Upvest knows.
    if (!isChild && !UUID.test(clientReference)) return { flow };
    if (await portfolioOrders.fetch(clientReference)) return { portfolioOrderId: clientReference };
    const isFresh = createdAt !== undefined && now() - Date.parse(createdAt) < PROPAGATION_MS;
    if (isChild || isFresh) throw new OwnerUnknown(`Upvest knows no portfolio order ${clientReference} yet`);
    return { flow };
  }

  return {
    cacheFrom({ route, observation }) {
      if (observation.subject === 'portfolio-order') {
        const portfolioOrderId = observation.id;
        portfolioOrders.set(portfolioOrderId, true);
        for (const child of observation.orders) keep(child.id, portfolioOrderId);
      }
      if ('order' in route) {
        const portfolioOrderId = parentOf(route.order);
        if (portfolioOrderId !== undefined) keep(route.orderId, portfolioOrderId);
      }
    },

    async ownerOf(orderId, origin) {
      try {
        const owner = await owners.fetch(orderId, { context: origin });
        if (owner !== undefined) return owner;
      } catch (error) {
        // An event of another request may have filled the cache, which ends the lookup.
        const cached = owners.get(orderId);
        if (cached !== undefined) return cached;
        throw error;
      }
      throw new OwnerUnknown('its order was evicted from the cache during the lookup');
    },
  };
}

/**
 * The portfolio order id in `client_reference`; for other flows that is any text of a client
 * (references/upvest.md#correlation).
 */
function parentOf({ flow, clientReference }: OrderOrigin): string | undefined {
  const isParent = flow === 'PORTFOLIO' && clientReference !== undefined && UUID.test(clientReference);
  return isParent ? clientReference : undefined;
}
