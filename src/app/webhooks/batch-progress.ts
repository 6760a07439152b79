/** Remembers what a request that failed had made durable, so that its redelivery does not repeat it. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EventOutcome } from './event-outcome';
import { asOneText, type OrderGroup } from './group-by-order';

export interface BatchProgress {
  outcomeOf(group: OrderGroup): EventOutcome | undefined;
  remember(group: OrderGroup, outcome: EventOutcome): void;
  /** Notes that a request with these groups failed. */
  failed(groups: readonly OrderGroup[]): void;
  /** True if a request with one of these groups failed. */
  hasFailed(groups: readonly OrderGroup[]): boolean;
}

/** Groups of events; Upvest redelivers within minutes (references/upvest.md#delivery-semantics). */
const MAX_GROUPS = 20_000;
const KEPT_MS = 60 * 60_000;

/** In the memory of one process: another one repeats the signals, which changes nothing. */
export function createBatchProgress(): BatchProgress {
  const limits = { max: MAX_GROUPS, ttl: KEPT_MS };
  const outcomes = new LRUCache<string, EventOutcome>(limits);
  const failures = new LRUCache<string, true>(limits);
  return {
    outcomeOf: (group) => (outcomes.size === 0 ? undefined : outcomes.get(keyOf(group))),
    remember(group, outcome) {
      outcomes.set(keyOf(group), outcome);
    },
    failed(groups) {
      for (const group of groups) failures.set(keyOf(group), true);
    },
    hasFailed: (groups) => failures.size > 0 && groups.some((group) => failures.has(keyOf(group))),
  };
}

function keyOf({ portfolioOrderId, raws }: OrderGroup): string {
  const hash = createHash('sha256').update(asOneText(raws)).digest('base64url');
  return `${portfolioOrderId} ${hash}`;
}
