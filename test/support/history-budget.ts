import type { Client } from '@temporalio/client';
import { placementWorkflowId, portfolioOrderWorkflowId } from '../../workflows/messages';
import { historyOf, summarizeHistory } from './history';

/** Checks what a placed order has cost in the engine whose webhook events arrived in so many requests (`design.md` 11). */
export async function expectWithinBudget(
  client: Client,
  order: { id: string; reference: string; requests: number },
): Promise<void> {
  const { id, reference, requests } = order;
  const life = summarizeHistory(await historyOf(client, portfolioOrderWorkflowId(id)));
  expect(life.signals.filter((name) => name === 'brokerEvents')).toHaveLength(requests);
  expect(life.signals.filter((name) => name === 'placed')).toHaveLength(1);
  expect(life.activities.length).toBeLessThanOrEqual(requests + 2);
  expect(new Set(life.activities)).toEqual(new Set(['emitOrderEvents']));
  expect(life.events).toBeLessThanOrEqual(40 + 10 * requests);
  expect(life.largestEvent).toBeLessThan(512 * 1024);

  const placement = summarizeHistory(await historyOf(client, placementWorkflowId(reference)));
  expect(placement.activities).toEqual(['placePortfolioOrder']);
  expect(placement.events).toBeLessThanOrEqual(14);
}
