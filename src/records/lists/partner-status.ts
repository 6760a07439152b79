/** Whether the partners answer, from the index of open orders that wait for one. */
import { sql, type Kysely } from 'kysely';
import type { PartnerState, ReadPartners } from '../../app/ports/partner-status';
import type { Partner } from '../../domain/views/partner-trouble';
import { callRecords, type Ask } from '../availability';
import type { RecordsTables } from '../tables';

export function createPartnerStatus(db: Kysely<RecordsTables>, ask: Ask = callRecords): ReadPartners {
  return () =>
    ask(async () => {
      const [esw, upvest] = await Promise.all([stateOf(db, 'esw'), stateOf(db, 'upvest')]);
      return { esw, upvest };
    });
}

async function stateOf(db: Kysely<RecordsTables>, partner: Partner): Promise<PartnerState> {
  const [since, error] = [sql.ref(`${partner}_failing_since`), sql.ref(`${partner}_error`)];
  // The last condition is the one of the index.
  const waiting = sql`
    from orders where finished_at is null and ${since} is not null
      and (esw_failing_since is not null or upvest_failing_since is not null)`;
  const { rows } = await sql<{ orders: number; oldest: Date | null; error: string | null }>`
    select count(*) as orders, min(${since}) as oldest,
      (select ${error} ${waiting} order by ${since} desc, id desc limit 1) as error
    ${waiting}`.execute(db);
  const [{ orders, oldest, error: lastError } = { orders: 0, oldest: null, error: null }] = rows;
  if (oldest === null) return { state: 'ok' };
  return {
    state: 'failing',
    since: oldest.toISOString(),
    lastError: lastError ?? '',
    ordersWaiting: orders,
  };
}
