/** What a sweep found, in numbers. */
import { sql, type Transaction } from 'kysely';
import type { Sweep, SweepResult } from '../../../contracts/sweep';
import type { RecordsTables } from '../tables';

export async function countsOf(transaction: Transaction<RecordsTables>, sweep: Sweep): Promise<SweepResult> {
  const { rows } = await sql<Record<string, number>>`
    select
      count(*) as orders,
      count(*) filter (where is_changing) as changing,
      count(*) filter (where imported ->> 'outcome' = 'adopted') as adopted,
      count(*) filter (where imported ->> 'outcome' = 'known') as known,
      count(*) filter (where imported ->> 'outcome' = 'finished') as finished,
      count(*) filter (where imported ->> 'outcome' = 'failed') as failed
    from sweep_orders where sweep_id = ${sweep.id}`.execute(transaction);
  const { orders = 0, changing = 0, adopted = 0, known = 0, finished = 0, failed = 0 } = rows[0] ?? {};
  const { breaks, repaired } = await transaction
    .selectFrom('breaks')
    .select((eb) => [eb.fn.countAll<number>().as('breaks'), eb.fn.count<number>('repaired').as('repaired')])
    .where('sweep_id', '=', sweep.id)
    .executeTakeFirstOrThrow();
  const { id: sweepId, since, until } = sweep;
  return {
    ...{ sweepId, since, until, orders, breaks, repaired, changing },
    ...(sweep.import && { imported: { adopted, known, finished, failed } }),
  };
}
