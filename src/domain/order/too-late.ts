/** Orders first seen after an earlier run may have expired: ESW may already have their events. */
import { appendAudit } from '../order-state/audit-log';
import type { ActionId } from '../order-state/actions';
import { isKnown, isTerminal, portfolioOrderLifecycle } from '../broker/status-tables';
import type { PortfolioOrderRecord } from '../broker/record';
import type { OrderState } from '../order-state/state';

/** Runs are kept for at least 30 days; events of an order older than this may come from a run that expired. */
const SURELY_KEPT_MS = 25 * 24 * 60 * 60_000;

type FirstSeen = 'FIRST_SEEN_FINISHED' | 'FIRST_SEEN_LATE';

const HOLDS: Record<FirstSeen, { rule: ActionId; text: string }> = {
  FIRST_SEEN_FINISHED: {
    rule: 'recovery:first-seen-finished',
    text: 'The order was first seen long after it had finished',
  },
  FIRST_SEEN_LATE: {
    rule: 'recovery:first-seen-late',
    text: 'The order was first seen more than 25 days after it was created',
  },
};

/**
 * Holds emission until an operator has checked what ESW has. Upvest is read at once: the event that came first may be a
 * redelivered one, long after the order moved on.
 */
export function withEmissionHold(state: OrderState, held: FirstSeen, now: number): OrderState {
  const { rule, text } = HOLDS[held];
  const asks = held === 'FIRST_SEEN_LATE' && state.reconcile === undefined;
  return {
    ...state,
    held,
    ...(asks && { reconcile: { at: now, rule, actor: 'coordinator', reason: text } }),
    auditLog: appendAudit(state.auditLog, now, { rule, text }),
  };
}

/**
 * Why emission of an order is held whose first observations are now in its record: it is so old that an earlier run may
 * have expired. Its age decides, whatever its status.
 *
 * @param first the first status of the portfolio order that was observed
 * @param revision revision of the rules that the run follows; before 2 only orders that had finished were held
 */
export function firstSeenAfterRetention(
  first: string | undefined,
  record: PortfolioOrderRecord,
  now: number,
  revision = 0,
): FirstSeen | undefined {
  if (first === undefined) return undefined;
  const createdAt = revision >= 2 ? bornAt(record) : record.createdAt;
  if (!(now - Date.parse(createdAt ?? '') > SURELY_KEPT_MS)) return undefined;
  const hadEnded = isKnown(portfolioOrderLifecycle, first) && isTerminal(portfolioOrderLifecycle, first);
  if (hadEnded) return 'FIRST_SEEN_FINISHED';
  return revision >= 2 ? 'FIRST_SEEN_LATE' : undefined;
}

/** When the order was created; where Upvest did not say, the earliest time at which it reported a status. */
function bornAt({ createdAt, reached }: PortfolioOrderRecord): string | undefined {
  const [earliest] = Object.values(reached)
    .map(({ at }) => at)
    .sort();
  return createdAt ?? earliest;
}
