/** Gauges of open orders, from indexes that hold them alone: finished orders cost nothing. */
import { sql, type Kysely } from 'kysely';
import type { OrderGauges, ReadOrderGauges } from '../../app/ports/order-gauges';
import { callRecords, type Ask } from '../availability';
import type { RecordsTables } from '../tables';

export function createOrderGauges(db: Kysely<RecordsTables>, ask: Ask = callRecords): ReadOrderGauges {
  return () =>
    ask(async () => {
      const [open, attentions, [sums]] = await Promise.all([
        openOrders(db),
        attentionsByCode(db),
        pendingAndFailing(db),
      ]);
      const none = { orders: 0, since: null };
      const { events = 0, pending = none, esw = none, upvest = none } = sums ?? {};
      return {
        open,
        attentions,
        pending: { events, ...counted(pending) },
        failing: [
          { partner: 'esw' as const, ...counted(esw) },
          { partner: 'upvest' as const, ...counted(upvest) },
        ],
      };
    });
}

async function openOrders(db: Kysely<RecordsTables>): Promise<OrderGauges['open']> {
  const { rows } = await sql<{ phase: string; status: string | null; orders: number; oldest: Date }>`
    select phase, status, count(*) as orders, min(opened_at) as oldest
    from orders where finished_at is null group by phase, status order by phase, status`.execute(db);
  return rows.map(({ phase, status, orders, oldest }) => ({
    phase,
    ...(status !== null && { status }),
    orders,
    oldestOpenedAt: oldest.toISOString(),
  }));
}

async function attentionsByCode(db: Kysely<RecordsTables>): Promise<OrderGauges['attentions']> {
  const of = (isOpen: boolean) => sql`
    select code, ${sql.lit(isOpen)} as is_open, count(*) as orders
    from orders cross join lateral unnest(attention) as code
    where ${isOpen ? sql`finished_at is null` : sql`finished_at is not null`} and attention <> '{}'
    group by code`;
  const { rows } = await sql<{ code: string; is_open: boolean; orders: number }>`
    ${of(true)} union all ${of(false)} order by code, is_open desc`.execute(db);
  return rows.map(({ code, is_open, orders }) => ({ code, isOpen: is_open, orders }));
}

interface Counted {
  orders: number;
  since: string | null;
}

async function pendingAndFailing(
  db: Kysely<RecordsTables>,
): Promise<{ events: number; pending: Counted; esw: Counted; upvest: Counted }[]> {
  const failing = (column: string) => sql`
    (select json_build_object('orders', count(*), 'since', min(${sql.ref(column)})) from orders
      where finished_at is null and ${sql.ref(column)} is not null
        and (esw_failing_since is not null or upvest_failing_since is not null))`;
  const { rows } = await sql<{ events: number; pending: Counted; esw: Counted; upvest: Counted }>`
    select coalesce(sum(pending_events), 0)::bigint as events,
      json_build_object('orders', count(*), 'since', min(pending_since)) as pending,
      ${failing('esw_failing_since')} as esw, ${failing('upvest_failing_since')} as upvest
    from orders where pending_events > 0`.execute(db);
  return rows;
}

function counted({ orders, since }: Counted): { orders: number; since?: string } {
  return { orders, ...(since !== null && { since: new Date(since).toISOString() }) };
}
