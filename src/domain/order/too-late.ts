/** Orders first seen after an earlier run may have expired: ESW may already have their events. */
import { appendAudit } from '../order-state/audit-log';
import { isKnown, isTerminal, portfolioOrderLifecycle } from '../broker/status-tables';
import type { PortfolioOrderRecord } from '../broker/record';
import type { OrderState } from '../order-state/state';

/** Runs are kept for at least 30 days; events of an order older than this may come from a run that expired. */
const SURELY_KEPT_MS = 25 * 24 * 60 * 60_000;

/** Holds emission until an operator has checked what ESW has. */
export function withEmissionHold(state: OrderState, now: number): OrderState {
  const text = 'The order was first seen long after it had finished';
  return {
    ...state,
    held: 'FIRST_SEEN_FINISHED',
    auditLog: appendAudit(state.auditLog, now, { rule: 'recovery:first-seen-finished', text }),
  };
}

/**
 * True if the first observation of an order was terminal and the order is so old that an earlier run may have expired.
 *
 * @param first the first status observed
 */
export function isFirstSeenAfterRetention(
  first: string | undefined,
  record: PortfolioOrderRecord,
  now: number,
): boolean {
  if (first === undefined || !isKnown(portfolioOrderLifecycle, first)) return false;
  return (
    isTerminal(portfolioOrderLifecycle, first) && now - Date.parse(record.createdAt ?? '') > SURELY_KEPT_MS
  );
}
