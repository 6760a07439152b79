/** Saves an order in one transaction: row, children, events, decisions and, at its end, the final record. */
import { sql, type Transaction } from 'kysely';
import type { OrderSave, SaveOutcome } from '../../app/ports/order-store';
import { appendToChain } from '../chain/append';
import { decisionRow, newDecisions } from '../chain/decisions';
import type { RecordsTables } from '../tables';
import { saveEvents } from './events';
import { finalRecord } from './final-record';
import { decisionsOf } from './order-decisions';
import { saveRow } from './save-row';
import { withoutUserId } from './saved-state';

export interface SaveResult {
  outcome: SaveOutcome;
  /** Ids of events that have other bytes than those that are stored. */
  changedEvents: string[];
}

export async function saveOrder(
  transaction: Transaction<RecordsTables>,
  order: OrderSave,
): Promise<SaveResult> {
  const state = withoutUserId(order.state);
  const { settings, finishedAt, events = [] } = order;
  const row = await saveRow(transaction, { ...order, state });
  if (row.kind === 'behind') return { outcome: 'behind', changedEvents: [] };
  if (row.kind === 'current' && finishedAt === undefined) return { outcome: 'saved', changedEvents: [] };

  const { portfolioOrderId, orders } = state.record;
  await saveChildren(
    transaction,
    portfolioOrderId,
    orders.map(({ id }) => id),
  );
  const changedEvents = await saveEvents(transaction, portfolioOrderId, state.emission, events);
  const decisions = await newDecisions(transaction, decisionsOf(state).map(decisionRow));
  const record =
    finishedAt === undefined
      ? undefined
      : await finalRecord(transaction, { state, settings, finishedAt, request: row.request, decisions });
  await appendToChain(transaction, [...decisions, ...(record ? [record] : [])]);
  return { outcome: 'saved', changedEvents };
}

/** A child that is known as another order's stays that order's. */
async function saveChildren(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    insert into order_children (order_id, portfolio_order_id)
    select id, ${portfolioOrderId} from unnest(${ids}::text[]) as id
    on conflict do nothing`.execute(transaction);
}
