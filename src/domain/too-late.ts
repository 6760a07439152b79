/** Orders that were first heard of when it is no longer certain that ESW was never told of them. */
import { noted } from './journal';
import { isKnown, isTerminal, portfolioOrderLifecycle } from './lifecycle';
import type { OrderLife } from './order-life';
import type { PortfolioOrderRecord } from './record';

/** Runs of orders are kept for at least 30 days; an order older than this may have been emitted by one that is gone. */
const SURELY_KEPT_MS = 25 * 24 * 60 * 60_000;

/** Holds emission back until an operator has looked whether ESW was told before. */
export function withHold(life: OrderLife, now: number): OrderLife {
  const text = 'The order was first heard of long after its end';
  return {
    ...life,
    held: 'FIRST_SEEN_FINISHED',
    journal: noted(life.journal, now, { rule: 'recovery:first-seen-finished', text }),
  };
}

/**
 * True for an order of which the first word was its end, and which is so old that a run of it may be gone already.
 *
 * @param first the first status that was told, after nothing was known
 */
export function isSeenTooLate(first: string | undefined, record: PortfolioOrderRecord, now: number): boolean {
  if (first === undefined || !isKnown(portfolioOrderLifecycle, first)) return false;
  return (
    isTerminal(portfolioOrderLifecycle, first) && now - Date.parse(record.createdAt ?? '') > SURELY_KEPT_MS
  );
}
