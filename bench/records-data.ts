/** Orders of some years, as rows that the benchmark measures on. */
import { sql, type Kysely } from 'kysely';
import type { RecordsTables } from '../src/records/tables';

export interface Size {
  finished: number;
  open: number;
}

/** Of the newest order. Everything is drawn from it, so that runs on different days measure the same. */
export const NOW = '2026-12-01T00:00:00Z';
/** The finished orders were opened in this time, at equal distances. */
const YEARS = 2.5;

/**
 * Fills empty tables. Of the finished orders about one in 20 is cancelled, one in 65 was rejected, one in 50 is a
 * rebalancing, one in 45 has an attention, one in 33 is in GBP and one in 50 belongs to a single account; one in 20 was
 * adopted and has no reference. Codes of attentions are common, uncommon (one in 200) and rare (one in 50,000).
 */
export async function fill(db: Kysely<RecordsTables>, { finished, open }: Size): Promise<void> {
  await sql`select setseed(0.42)`.execute(db);
  await sql`
    insert into orders (
      reference, portfolio_order_id, version, phase, origin, status, type, account_id, currency, post_tax,
      ordered, executed, settled, fees, taxes, sums, attention, waiting_for,
      children, children_final, executions, executions_settled,
      opened_at, changed_at, settlement_due, settled_at, finished_at,
      pending_events, pending_since, esw_error, esw_failing_since, request_digest, submitter, requested_at,
      deployment, saved_state)
    select
      case when is_adopted then null
        when n % 3 = 0 then 'savings-' || to_char(opened_at, 'YYYY-MM') || '-' || n
        else 'app.' || substr(md5('reference' || n), 1, 12) end,
      case when is_refused or is_placing then null else md5('order' || n)::uuid::text end,
      case when is_refused or is_placing then 0 else 12 end,
      case when is_placing then 'PLACING' when is_open then 'TRACKED'
        when not is_refused then 'FINISHED' when n % 4 = 0 then 'NOT_PLACED' else 'REFUSED' end,
      case when is_adopted then 'adopted' else 'placed' end,
      case when is_refused or is_placing then null when is_cancelled then 'CANCELLED' when not is_open then 'SETTLED'
        else (array['NEW', 'PROCESSING', 'PROCESSING', 'FILLED', 'FILLED', 'FILLED', 'FILLED', 'FILLED'])[1 + n % 8] end,
      type, md5('account' || account)::uuid::text, currency, false,
      case when type <> 'REBALANCING' then amount end, executed, case when is_open then 0 else executed end, 0.99, 0,
      jsonb_build_array(jsonb_build_object('side', type, 'currency', currency, 'executed', executed::text,
        'settled', executed::text, 'fees', '0.99', 'taxes', '0')) ||
        case when n % 40 <> 0 then '[]' else jsonb_build_array(jsonb_build_object('side', type, 'currency', 'USD',
          'executed', '10.5', 'settled', '10.5', 'fees', '0', 'taxes', '0')) end,
      case when n % 50000 = 9 then array['MISTRADE'] when n % 60 = 3 then array['CANCELLED_BY_BROKER']
        when n % 200 = 5 then array['EMISSION_REFUSED', 'MIXED_OUTCOME']
        when is_open and n % 40 = 2 then array['SETTLEMENT_OVERDUE'] else '{}' end,
      case when is_open then 'The settlement of 3 of 10 executions, due on 2026-12-03 at 18:00 in Berlin.'
        else 'Nothing: the order is finished.' end,
      10, case when is_open then 3 else 10 end, 10, case when is_open then 3 else 10 end,
      opened_at, coalesce(finished_at, opened_at + interval '1 day'),
      case when is_open then opened_at + interval '3 days' end,
      case when not (is_open or is_refused or is_cancelled) then finished_at - interval '1 minute' end, finished_at,
      case when is_open and n % 50 = 0 then 2 else 0 end,
      case when is_open and n % 50 = 0 then opened_at + interval '2 hours' end,
      case when is_open and n % 100 = 0 then 'ESW answered 503.' end,
      case when is_open and n % 100 = 0 then opened_at + interval '2 hours' end,
      md5('digest' || n), 'mobile-app', opened_at, 'live',
      -- Like what is stored in it, this does not compress, and is moved out of the row.
      case when is_refused or is_placing then null else (
        select string_agg(md5(n || '-' || piece), '') from generate_series(1, 66) as piece) end
    from (
      select *, round(amount * 0.99, 2) as executed,
        case when not is_open then opened_at + (24 + random() * 72) * interval '1 hour' end as finished_at
      from (
        select n, n > ${finished} as is_open, n % 20 = 0 as is_adopted, n % 20 = 7 as is_cancelled,
          n <= ${finished} and n % 65 = 11 as is_refused, n > ${finished} and n % 200 = 1 as is_placing,
          case when n % 50 = 13 then 'REBALANCING' when n % 10 < 3 then 'SELL' else 'BUY' end as type,
          case when n % 33 = 0 then 'GBP' else 'EUR' end as currency,
          case when n % 50 = 1 then 0 else (n::bigint * 7919) % 60000 end as account,
          round((10 * exp(random() * 6))::numeric, 2) as amount,
          case when n > ${finished} then ${NOW}::timestamptz - random() * interval '4 days'
            else ${NOW}::timestamptz - interval '5 days'
              - (${finished} - n)::double precision / ${finished} * interval '1 year' * ${sql.lit(YEARS)} end as opened_at
        from generate_series(1, ${finished + open}::integer) as n
      ) as drawn
    ) as dated`.execute(db);
  await sql`
    insert into order_children
    select md5('child' || n)::uuid::text, md5('order' || n)::uuid::text
    from generate_series(1, ${finished + open}::integer) as n`.execute(db);
  await sql`vacuum analyze orders, order_children`.execute(db);
}
