/**
 * The usual save of an order, in one statement: what is stored is what its workflow saved last, and there are neither decisions nor a
 * final record to store. It does what `saveOrder` does, which needs a transaction of eight statements.
 */
import { sql, type Kysely } from 'kysely';
import type { OrderSave } from '../../app/ports/order-store';
import { isDecision } from '../../domain/order-state/audit-log';
import { orderRow } from '../../domain/records/order-row';
import type { RecordsTables } from '../tables';
import { answersOf, eventsWithBytes } from './events';
import { columnsOf } from './row-columns';
import type { SaveResult } from './save-order';
import { encodeSaved, withoutUserId } from './saved-state';

/** @returns undefined if it is another save, of which nothing is stored then */
export async function saveAgain(
  db: Kysely<RecordsTables>,
  order: OrderSave,
): Promise<SaveResult | undefined> {
  const { version, basedOn = version - 1, settings, finishedAt, events = [] } = order;
  const state = withoutUserId(order.state);
  const isOther = basedOn === 0 || finishedAt !== undefined || state.auditLog.some(isDecision);
  const row = orderRow(state);
  if (isOther || row.phase === 'FINISHED') return undefined;

  const { portfolioOrderId, orders } = state.record;
  const columns = columnsOf(row);
  const built = eventsWithBytes(state.emission, events);
  const answers = [...answersOf(state.emission)];
  const now = new Date().toISOString();
  const known = {
    // What the request said, until Upvest reports it.
    type: columns.type,
    account_id: columns.account_id,
    currency: columns.currency,
    post_tax: columns.post_tax,
    ordered: columns.ordered,
    deployment: settings.deployment ?? null,
  };
  const kept = Object.entries(known).map(
    ([name, value]) => [name, sql`coalesce(${value}, orders.${sql.ref(name)})`] as const,
  );
  const saved_state = await encodeSaved({ state, settings });
  const isSaved = sql`exists (select from saved)`;
  const { rows } = await sql<{ is_saved: boolean; changed: string[] | null }>`
    with saved as (${db
      .updateTable('orders')
      .set({ ...columns, version, finished_at: null, saved_state, ...(Object.fromEntries(kept) as object) })
      .where('portfolio_order_id', '=', portfolioOrderId)
      .where('version', '=', basedOn)
      .where('reference', 'is not distinct from', row.reference ?? null)
      .returning('id')}),
    built as (
      select * from unnest(
        ${built.map(({ id }) => id)}::text[],
        ${built.map(({ status }) => status)}::text[],
        ${built.map(({ orderId }) => orderId ?? null)}::text[],
        ${built.map(({ executionId }) => executionId ?? null)}::text[],
        ${built.map(({ body }) => body)}::text[]
      ) as event (event_id, status, order_id, execution_id, body)
    ),
    answers as (
      select * from unnest(
        ${answers.map(([id]) => id)}::text[],
        ${answers.map(([, { outcome }]) => outcome)}::text[],
        ${answers.map(([, { at }]) => at)}::timestamptz[]
      ) as answer (event_id, outcome, answered_at)
    ),
    children as (
      insert into order_children (order_id, portfolio_order_id)
      select id, ${portfolioOrderId} from unnest(${orders.map(({ id }) => id)}::text[]) as id where ${isSaved}
      on conflict do nothing
    ),
    added as (
      insert into order_events (event_id, portfolio_order_id, status, order_id, execution_id, body, built_at,
        outcome, answered_at)
      select event_id, ${portfolioOrderId}, status, order_id, execution_id, body, ${now}::timestamptz,
        answers.outcome, answers.answered_at
      from built left join answers using (event_id) where ${isSaved}
      on conflict (event_id) do nothing
    ),
    answered as (
      update order_events
      set outcome = answers.outcome, answered_at = answers.answered_at
      from order_events as open left join answers using (event_id)
      where ${isSaved}
        and open.portfolio_order_id = ${portfolioOrderId}
        and (open.outcome is null or open.outcome = 'refused')
        and (open.outcome, open.answered_at) is distinct from (answers.outcome, answers.answered_at)
        and order_events.event_id = open.event_id
    )
    select ${isSaved} as is_saved,
      (select array_agg(event_id) from built join order_events using (event_id)
        where order_events.body <> built.body) as changed`.execute(db);
  const [result] = rows;
  return result?.is_saved ? { outcome: 'saved', changedEvents: result.changed ?? [] } : undefined;
}
