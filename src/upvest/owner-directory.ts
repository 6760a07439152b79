/** Which portfolio order an order belongs to (upvest.md 7): learnt from events, else asked for once. */
import { LRUCache } from 'lru-cache';
import { UUID } from '../domain/uuid';
import { withTimeLimit } from '../time-limit';
import type { CallOptions, UpvestClient } from './client';
import { UpvestRefused } from './errors';
import { originOf, type ObservationEvent, type OrderOrigin } from './events';

/** A portfolio order, or the flow that started an order which belongs to none. */
export type Owner = { portfolioOrderId: string } | { flow: string };

/** Thrown while nobody can say whose an event is. The message is one sentence for an operator. */
export class OwnerUnknown extends Error {}

export interface OwnerDirectory {
  /** Takes up what an event says of other events' owners. */
  learn(event: ObservationEvent): void;
  /**
   * @param origin what the order says of itself; without it Upvest is asked for the order
   * @throws OwnerUnknown, or what the client throws
   */
  ownerOf(orderId: string, origin?: OrderOrigin): Promise<Owner>;
}

export interface OwnerDirectoryOptions {
  upvest: Pick<UpvestClient, 'readOrder' | 'readPortfolioOrder'>;
  /** How long one question to Upvest may take, milliseconds. */
  questionBudgetMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Orders and portfolio orders kept in memory. */
  cacheSize: number;
}

/** Orders that a portfolio order has placed. What the reference of the second one names is unknown (upvest.md 10.6). */
const CHILD_FLOWS = new Set(['PORTFOLIO', 'PORTFOLIO_REBALANCING']);
/** A portfolio order that Upvest does not know may be one that it does not know yet (upvest.md 3.9). */
const PROPAGATION_MS = 10 * 60_000;
/** At a time: each is signed, and whoever waits for the answers should be answered too. The rest is asked for later. */
const MAX_QUESTIONS = 20;

export function createOwnerDirectory(options: OwnerDirectoryOptions): OwnerDirectory {
  const { upvest, questionBudgetMs, now, cacheSize } = options;
  let questions = 0;

  async function ask<T>(question: (options: CallOptions) => Promise<T>): Promise<T> {
    if (questions >= MAX_QUESTIONS) throw new OwnerUnknown('too many orders have to be asked for at once');
    questions += 1;
    try {
      return await withTimeLimit(questionBudgetMs, (signal) => question({ signal }));
    } finally {
      questions -= 1;
    }
  }

  // The caches ask for a missing entry once, however many events wait for it.
  const portfolioOrders = new LRUCache<string, true>({
    max: cacheSize,
    fetchMethod: async (id) => {
      try {
        await ask((inTime) => upvest.readPortfolioOrder(id, inTime));
        return true;
      } catch (error) {
        if (error instanceof UpvestRefused && error.status === 404) return undefined;
        throw error;
      }
    },
  });
  const owners = new LRUCache<string, Owner, OrderOrigin | undefined>({
    max: cacheSize,
    fetchMethod: async (orderId, _stale, { context }) =>
      find(context ?? originOf(await ask((inTime) => upvest.readOrder(orderId, inTime)))),
  });

  async function find({ flow = 'API', clientReference, createdAt }: OrderOrigin): Promise<Owner> {
    const isChild = CHILD_FLOWS.has(flow);
    if (clientReference === undefined) {
      if (isChild) throw new OwnerUnknown(`it is a child (${flow}) that does not name its portfolio order`);
      return { flow };
    }
    const named = trusted({ flow, clientReference });
    if (named !== undefined) return { portfolioOrderId: named };
    // Children of savings plans carry their own flow, and clients of single orders like UUIDs too: only Upvest knows.
    if (!isChild && !UUID.test(clientReference)) return { flow };
    if (await portfolioOrders.fetch(clientReference)) return { portfolioOrderId: clientReference };
    const isFresh = createdAt !== undefined && now() - Date.parse(createdAt) < PROPAGATION_MS;
    if (isChild || isFresh) throw new OwnerUnknown(`Upvest knows no portfolio order ${clientReference} yet`);
    return { flow };
  }

  return {
    learn({ route, observation }) {
      if (observation.subject === 'portfolio-order') {
        const portfolioOrderId = observation.id;
        portfolioOrders.set(portfolioOrderId, true);
        for (const child of observation.orders) owners.set(child.id, { portfolioOrderId });
      }
      if ('order' in route) {
        const portfolioOrderId = trusted(route.order);
        if (portfolioOrderId !== undefined) owners.set(route.orderId, { portfolioOrderId });
      }
    },

    async ownerOf(orderId, origin) {
      try {
        const owner = await owners.fetch(orderId, { context: origin });
        if (owner !== undefined) return owner;
      } catch (error) {
        // Another request's event may have told meanwhile, which ends the question.
        const learnt = owners.get(orderId);
        if (learnt !== undefined) return learnt;
        throw error;
      }
      throw new OwnerUnknown('its order was forgotten while it was asked for');
    },
  };
}

/** For other flows `client_reference` is whatever a client sent, possibly a UUID (upvest.md 7). */
function trusted({ flow, clientReference }: OrderOrigin): string | undefined {
  const isTrusted = flow === 'PORTFOLIO' && clientReference !== undefined && UUID.test(clientReference);
  return isTrusted ? clientReference : undefined;
}
