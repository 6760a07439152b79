/** What the registry has of a name, from its row. */
import type { Selectable } from 'kysely';
import type { KnownPlacement, Registered } from '../../app/ports/registry';
import type { OrdersTable } from '../tables';

export function registeredOf(row: Selectable<OrdersTable>): Registered {
  const view = (row.placement as KnownPlacement | null) ?? undefined;
  const portfolioOrderId = row.portfolio_order_id ?? view?.portfolioOrderId;
  return {
    name: row.reference ?? '',
    ...(row.request_digest !== null && { digest: row.request_digest }),
    ...(row.submitter !== null && { submitter: row.submitter }),
    ...(row.deployment !== null && { deployment: row.deployment }),
    ...(row.requested_at !== null && { requestedAt: row.requested_at.toISOString() }),
    ...(row.placement_started_at !== null && { startedAt: row.placement_started_at.toISOString() }),
    ...(row.posted_at !== null && { postedAt: row.posted_at.toISOString() }),
    ...(portfolioOrderId !== undefined && { portfolioOrderId }),
    ...(view !== undefined && { view }),
  };
}
