/** What a decision has led to: waits for the entry of the timeline that tells it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderOperation } from '../../app/orders/operate';
import type { TimelineEntry } from '../../domain/views/timeline';
import type { OrdersClient } from '../client/orders-client';
import { isTransient } from '../client/problem';

const POLL_INTERVAL_MS = 400;

/** The rules whose entries tell the outcome, of operations that a partner has to answer. */
const OUTCOME_RULES: Partial<Record<OrderOperation['name'], readonly string[]>> = {
  cancel: ['operator:cancel'],
  reconcile: ['operator:reconcile'],
  'retry-emission': ['emission:accepted', 'emission:refused', 'emission:paused', 'emission:delayed'],
};

export function hasOutcome(operation: OrderOperation['name']): boolean {
  return OUTCOME_RULES[operation] !== undefined;
}

/**
 * The first entry after the decision that tells its outcome.
 *
 * @param entries oldest first
 * @param rule rule of the decision
 */
export function outcomeIn(
  entries: TimelineEntry[],
  operation: OrderOperation['name'],
  rule: string,
): TimelineEntry | undefined {
  // The decision has an actor, its outcome has none.
  const decided = entries.findLastIndex((entry) => entry.rule === rule && entry.actor !== undefined);
  if (decided === -1) return undefined;
  const rules = OUTCOME_RULES[operation] ?? [];
  return entries.slice(decided + 1).find((entry) => entry.actor === undefined && rules.includes(entry.rule));
}

/**
 * Reads the timeline until it tells the outcome, at most for `waitMs`.
 *
 * @returns undefined if it was not known in time
 * @throws OrdersProblem unless it is one that passes
 */
export async function decisionOutcome(
  client: OrdersClient,
  referenceOrId: string,
  decision: { operation: OrderOperation['name']; rule: string },
  waitMs: number,
): Promise<TimelineEntry | undefined> {
  const endsAt = Date.now() + waitMs;
  for (;;) {
    try {
      const entries = await client.timeline(referenceOrId);
      const outcome = outcomeIn(entries, decision.operation, decision.rule);
      if (outcome !== undefined) return outcome;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    if (Date.now() >= endsAt) return undefined;
    await sleep(Math.min(POLL_INTERVAL_MS, Math.max(1, endsAt - Date.now())));
  }
}
