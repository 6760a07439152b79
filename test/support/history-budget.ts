import type { Client } from '@temporalio/client';
import { historyOf, summarizeHistory } from './history';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** Of an order whose 54 events arrive in 8 requests. */
const MAX_ACTIONS = 28;

/**
 * Checks the history size of a placed order whose webhook events arrived in this many requests
 * (docs/architecture.md#what-an-order-costs).
 */
export async function expectWithinBudget(
  client: Client,
  order: { id: string; reference: string; requests: number },
): Promise<void> {
  const { id, reference, requests } = order;
  const state = summarizeHistory(await historyOf(client, portfolioOrderWorkflowId(id)));
  expect(state.signals.filter((name) => name === 'brokerEvents')).toHaveLength(requests);
  expect(state.signals.filter((name) => name === 'placed')).toHaveLength(1);
  const saves = state.activities.filter((name) => name === 'saveRecord');
  const others = state.activities.filter((name) => name !== 'saveRecord');
  // Each batch saves the order, and the last one its final record.
  expect(saves.length).toBeLessThanOrEqual(1);
  expect(others.length).toBeLessThanOrEqual(requests + 2);
  expect(new Set(others)).toEqual(new Set(['emitOrderEvents']));
  expect(state.events).toBeLessThanOrEqual(40 + 10 * requests);
  expect(state.largestEvent).toBeLessThan(512 * 1024);

  const placement = summarizeHistory(await historyOf(client, placementWorkflowId(reference)));
  expect(placement.activities).toEqual(['placeAtBroker']);
  expect(placement.events).toBeLessThanOrEqual(14);
  expect(state.actions + placement.actions).toBeLessThanOrEqual(MAX_ACTIONS);
}
