/** Cache of the portfolio orders of rebalancing execution orders (references/upvest.md#rebalancing). */
import { LRUCache } from 'lru-cache';
import { withTimeLimit } from '../../lib/timeout';
import { allPages } from '../client/all-pages';
import type { UpvestClient } from '../client/client';
import type { ObservationEvent } from './read-event';
import { OwnerUnknown, type Owner } from './order-owners';

export interface RebalancingOwners {
  /** Caches the portfolio order that an event of a rebalancing names. */
  cacheFrom(event: ObservationEvent): void;
  /** For an execution order that does not name its portfolio order. @throws OwnerUnknown, or what the client throws */
  ownerOf(order: { rebalancingOrderId: string; executionId?: string; status: string }): Promise<Owner>;
}

export interface RebalancingOwnersOptions {
  /** Without it there are no lookups. */
  upvest?: Pick<UpvestClient, 'listRebalancingOrders'> | undefined;
  /** Time limit of one lookup, in milliseconds. */
  lookupTimeLimitMs: number;
  cacheSize: number;
}

/** Rebalancing orders by id. */
type Listed = Map<string, { portfolioOrderId?: string | undefined; status: string }>;

/** The orders of one execution arrive together, so that one list serves many lookups. */
const LIST_AGE_MS = 10_000;
const EXECUTIONS = 100;
/** Owner of a rebalancing that ended without a portfolio order. */
const NONE: Owner = { flow: 'REBALANCING' };

export function createRebalancingOwners(options: RebalancingOwnersOptions): RebalancingOwners {
  const { upvest, lookupTimeLimitMs, cacheSize } = options;
  const known = new LRUCache<string, string>({ max: cacheSize });
  const lists =
    upvest &&
    new LRUCache<string, Listed>({
      max: EXECUTIONS,
      ttl: LIST_AGE_MS,
      fetchMethod: (executionId) =>
        withTimeLimit(lookupTimeLimitMs, (signal) => listAll(upvest, executionId, signal)),
    });

  return {
    cacheFrom({ route, observation }) {
      if (observation.subject === 'rebalancing-execution-order' && 'portfolioOrderId' in route)
        known.set(observation.id, route.portfolioOrderId);
    },

    async ownerOf({ rebalancingOrderId, executionId, status }) {
      const portfolioOrderId = known.get(rebalancingOrderId);
      if (portfolioOrderId !== undefined) return { portfolioOrderId };
      if (status === 'CANCELLED') return NONE;
      if (lists !== undefined && executionId !== undefined) {
        const listed = (await lists.fetch(executionId))?.get(rebalancingOrderId);
        if (listed?.portfolioOrderId !== undefined) return { portfolioOrderId: listed.portfolioOrderId };
        if (listed?.status === 'CANCELLED') return NONE;
      }
      throw new OwnerUnknown('its rebalancing has no portfolio order yet');
    },
  };
}

async function listAll(
  upvest: Pick<UpvestClient, 'listRebalancingOrders'>,
  executionId: string,
  signal: AbortSignal,
): Promise<Listed> {
  const { orders } = await allPages((page) => upvest.listRebalancingOrders(executionId, page, { signal }));
  return new Map(
    orders.map(({ id, portfolio_order_id, status }) => [
      id,
      { portfolioOrderId: portfolio_order_id, status },
    ]),
  );
}
