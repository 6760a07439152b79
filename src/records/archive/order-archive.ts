/** The archive of finished orders: their final records. */
import type { Kysely } from 'kysely';
import type { ArchivedOrder, OrderArchive } from '../../app/ports/order-archive';
import { createBreaker, type Breaker } from '../breaker';
import { canonicalJson } from '../canonical-json';
import type { FinalRecord } from '../orders/final-record';
import { decodeSaved, type StateAndSettings } from '../orders/saved-state';
import type { RecordsTables } from '../tables';

/** @param breaker that of the order store, so that both learn from each other that the database is away */
export function createOrderArchive(
  db: Kysely<RecordsTables>,
  breaker: Breaker = createBreaker(),
): OrderArchive {
  const find = async (portfolioOrderId: string): Promise<ArchivedOrder | undefined> => {
    const row = await db
      .selectFrom('records')
      .leftJoin('orders', 'orders.portfolio_order_id', 'records.portfolio_order_id')
      .select(['records.content', 'orders.saved_state'])
      .where('records.portfolio_order_id', '=', portfolioOrderId)
      .where('records.content', 'is not', null)
      .orderBy('records.version', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (typeof row?.content !== 'string') return undefined;
    return archivedOrder(JSON.parse(row.content) as FinalRecord, row.saved_state);
  };
  return {
    find: (portfolioOrderId) => breaker(() => find(portfolioOrderId)),

    findByReference: (reference) =>
      breaker(async () => {
        const row = await db
          .selectFrom('records')
          .select('portfolio_order_id')
          .where('reference', '=', reference)
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row && find(row.portfolio_order_id);
      }),
  };
}

async function archivedOrder(record: FinalRecord, saved: string | null): Promise<ArchivedOrder> {
  const { portfolioOrderId, outcome, finishedAt, version, reference, openedAt } = record;
  const { submitter, requestedAt } = record;
  const { state, settings } = await asTheWorkflowHadIt(record, saved);
  return {
    outcome: { portfolioOrderId, outcome, finishedAt, state, settings },
    version,
    ...(reference !== undefined && { reference }),
    openedAt,
    ...(submitter !== undefined && { submitter }),
    ...(requestedAt !== undefined && { requestedAt }),
  };
}

/**
 * Members of canonical JSON are sorted, and statuses of the same moment are shown in the order of the state's members. So
 * the saved state is taken, if it is the one of the record to the last value.
 */
async function asTheWorkflowHadIt(
  { state, settings }: FinalRecord,
  saved: string | null,
): Promise<StateAndSettings> {
  const recorded = { state, settings };
  if (saved === null) return recorded;
  const original = await decodeSaved(saved);
  return canonicalJson(original) === canonicalJson(recorded) ? original : recorded;
}
