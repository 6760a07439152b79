/** What was settled, by day and currency. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Reports, SettledDay } from '../../app/ports/reports';
import { callRecords, type Ask } from '../availability';
import type { RecordsTables } from '../tables';

/** Days are those of the market in whose time settlement is due; see docs/decisions.md. */
export const REPORT_ZONE = 'Europe/Berlin';

export function createReports(db: Kysely<RecordsTables>, ask: Ask = callRecords): Reports {
  return {
    async settled(days) {
      const { rows } = await ask(() => settledQuery(days).execute(db));
      return rows;
    },
  };
}

/** Each order counts once for a currency, however many sides it has there. */
export function settledQuery({ from, to }: { from: string; to: string }): RawBuilder<SettledDay> {
  const midnight = (day: string, later: string) =>
    sql`((${day}::date + ${sql.raw(later)})::timestamp at time zone ${sql.lit(REPORT_ZONE)})`;
  return sql<SettledDay>`
    with settled_orders as (
      select (settled_at at time zone ${sql.lit(REPORT_ZONE)})::date as day, currency, ordered, sums
      from orders
      where settled_at >= ${midnight(from, '0')} and settled_at < ${midnight(to, '1')}
    ), amounts as (
      select day, currency, 1 as orders, ordered, 0 as executed, 0 as settled, 0 as fees, 0 as taxes
      from settled_orders where currency is not null
      union all
      select day, one.currency, case when one.currency is distinct from o.currency then 1 else 0 end,
        0, one.executed, one.settled, one.fees, one.taxes
      from settled_orders as o cross join lateral (
        select currency, sum(executed) as executed, sum(settled) as settled, sum(fees) as fees, sum(taxes) as taxes
        from jsonb_to_recordset(o.sums) as sums
          (currency text, executed numeric, settled numeric, fees numeric, taxes numeric)
        group by currency
      ) as one
    )
    select to_char(day, 'YYYY-MM-DD') as day, currency, sum(orders)::bigint as orders,
      coalesce(sum(ordered), 0)::text as ordered, sum(executed)::text as executed, sum(settled)::text as settled,
      sum(fees)::text as fees, sum(taxes)::text as taxes
    from amounts group by day, currency order by day, currency`;
}
