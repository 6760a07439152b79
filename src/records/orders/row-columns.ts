/** The row of an order as columns of `orders`. */
import type { Insertable } from 'kysely';
import type { OrderRow } from '../../domain/records/order-row';
import { safeText } from '../../lib/text';
import type { OrdersTable } from '../tables';

/** Texts of partners and people; an index holds no more than some 2,700 bytes. */
const MAX_NAME = 256;
const MAX_SENTENCE = 2_000;

/** All columns that follow from the order's state: those without a value are cleared. */
export function columnsOf(
  row: OrderRow,
): Omit<Insertable<OrdersTable>, 'reference' | 'version' | 'saved_state' | 'finished_at' | 'deployment'> {
  const { totals, upvest, esw } = row;
  return {
    portfolio_order_id: row.portfolioOrderId,
    phase: row.phase,
    origin: row.origin,
    status: name(row.status),
    type: name(row.type),
    account_id: name(row.accountId),
    currency: name(row.currency),
    post_tax: row.postTax ?? null,
    ordered: totals.ordered ?? null,
    executed: totals.executed,
    settled: totals.settled,
    fees: totals.fees,
    taxes: totals.taxes,
    sums: JSON.stringify(row.sums),
    attention: row.attention,
    waiting_for: sentence(row.waitingFor),
    held: row.held ?? null,
    children: row.children,
    children_final: row.childrenFinal,
    executions: row.executions,
    executions_settled: row.executionsSettled,
    executions_cancelled: row.executionsCancelled,
    opened_at: row.openedAt,
    changed_at: row.changedAt,
    settlement_due: row.settlementDue ?? null,
    settled_at: row.settledAt ?? null,
    pending_events: row.pendingEvents,
    pending_since: row.pendingSince ?? null,
    upvest_error: sentence(upvest?.error),
    upvest_failing_since: upvest?.since ?? null,
    esw_error: sentence(esw?.error),
    esw_failing_since: esw?.since ?? null,
    next_try_at: row.nextTryAt ?? null,
  };
}

const name = (text: string | undefined): string | null =>
  text === undefined ? null : safeText(text, MAX_NAME);
const sentence = (text: string | undefined): string | null =>
  text === undefined ? null : safeText(text, MAX_SENTENCE);
