/** Which portfolio order a rebalancing execution order became (upvest.md 3.6). */
import { LRUCache } from 'lru-cache';
import { withTimeLimit } from '../time-limit';
import type { UpvestClient } from './client';
import type { ObservationEvent } from './events';
import { OwnerUnknown, type Owner } from './owner-directory';

export interface RebalancingDirectory {
  /** Takes up which portfolio order a rebalancing execution order names. */
  learn(event: ObservationEvent): void;
  /** Of an execution order that does not name one itself. @throws OwnerUnknown, or what the client throws */
  ownerOf(order: { rebalancingOrderId: string; executionId?: string; status: string }): Promise<Owner>;
}

export interface RebalancingDirectoryOptions {
  /** Without it nobody is asked. */
  upvest?: Pick<UpvestClient, 'listRebalancingOrders'> | undefined;
  /** How long one question to Upvest may take, milliseconds. */
  questionBudgetMs: number;
  cacheSize: number;
}

/** By id of the execution order: its portfolio order, or `undefined`. */
type Listed = Map<string, { portfolioOrderId?: string | undefined; status: string }>;

const PAGE = 1000;
/** Orders of one execution are asked for together, so a list serves many of them. */
const LIST_AGE_MS = 10_000;
const EXECUTIONS = 100;
/** Of a rebalancing that ended without a portfolio order. */
const NONE: Owner = { flow: 'REBALANCING' };

export function createRebalancingDirectory(options: RebalancingDirectoryOptions): RebalancingDirectory {
  const { upvest, questionBudgetMs, cacheSize } = options;
  const known = new LRUCache<string, string>({ max: cacheSize });
  const lists =
    upvest &&
    new LRUCache<string, Listed>({
      max: EXECUTIONS,
      ttl: LIST_AGE_MS,
      fetchMethod: (executionId) =>
        withTimeLimit(questionBudgetMs, (signal) => listAll(upvest, executionId, signal)),
    });

  return {
    learn({ route, observation }) {
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
  const listed: Listed = new Map();
  for (let offset = 0; ; offset += PAGE) {
    const { orders } = await upvest.listRebalancingOrders(executionId, { limit: PAGE, offset }, { signal });
    for (const { id, portfolio_order_id, status } of orders)
      listed.set(id, { portfolioOrderId: portfolio_order_id, status });
    if (orders.length < PAGE) return listed;
  }
}
