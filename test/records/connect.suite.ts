/** Connections to the records database, on whatever database they go to. */
import { sql } from 'kysely';
import type { RecordsDatabase } from '../../src/records/connect';

export function describeConnections(records: () => RecordsDatabase): void {
  describe('a connection', () => {
    it('reads counts and versions as numbers, and amounts as text', async () => {
      const { rows } = await sql`
        select count(*) as count, 9007199254740991::bigint as largest, 12345678901234567890.10::numeric as amount
        from generate_series(1, 3)`.execute(records());
      expect(rows).toEqual([
        { count: 3, largest: Number.MAX_SAFE_INTEGER, amount: '12345678901234567890.10' },
      ]);
    });

    it('refuses a number that would lose digits', async () => {
      const reading = sql`select 9007199254740993::bigint as number`.execute(records());
      await expect(reading).rejects.toThrow('9007199254740993 is too large for a number');
    });

    it('reads times as instants, whatever the time zone of the process', async () => {
      const { rows } = await sql`select '2026-12-01T03:00:00.123Z'::timestamptz as at`.execute(records());
      expect(rows).toEqual([{ at: new Date('2026-12-01T03:00:00.123Z') }]);
    });

    it('answers many callers at once, each with its own transaction', async () => {
      const db = records();
      await sql`create table counters (name text primary key, value bigint not null)`.execute(db);
      await sql`insert into counters values ('one', 0)`.execute(db);
      await Promise.all(
        Array.from({ length: 10 }, () =>
          db.transaction().execute(async (trx) => {
            const { rows } = await sql<{ value: number }>`
              select value from counters where name = ${'one'} for update`.execute(trx);
            await sql`update counters set value = ${(rows[0]?.value ?? 0) + 1} where name = 'one'`.execute(
              trx,
            );
          }),
        ),
      );
      expect((await sql`select value from counters`.execute(db)).rows).toEqual([{ value: 10 }]);
      await sql`drop table counters`.execute(db);
    });

    it('ends a transaction that fails, and goes on', async () => {
      const db = records();
      const failing = db.transaction().execute(async (trx) => {
        await sql`create table gone (id bigint)`.execute(trx);
        await sql`select 1 / 0`.execute(trx);
      });
      await expect(failing).rejects.toThrow('division by zero');
      expect((await sql`select to_regclass('gone') as gone`.execute(db)).rows).toEqual([{ gone: null }]);
    });
  });
}
