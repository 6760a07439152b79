/** Time limits of statements and of waiting for a connection. */
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordsUnavailable } from '../../../src/app/ports/records-unavailable';
import { createBreaker } from '../../../src/records/breaker';
import { connectRecords, type RecordsDatabase } from '../../../src/records/connect';
import type { TestDatabase } from '../../support/records';
import { until } from '../../support/until';

const CONNECTIONS = 10;
/** Four of them are longer than the two seconds that may be too few to wait for a connection. */
const SHORT_S = 0.7;

export function describeLimits(start: () => Promise<TestDatabase>): void {
  describe('the limits of connections', () => {
    let url: string;
    const opened: RecordsDatabase[] = [];
    const open = (...options: Parameters<typeof connectRecords> extends [string, ...infer R] ? R : never) => {
      const db = connectRecords(url, ...options);
      opened.push(db);
      return db;
    };
    beforeAll(async () => {
      ({ url } = await start());
    });
    afterEach(async () => {
      for (const db of opened.splice(0)) await db.destroy();
    });
    const sleeping = (db: RecordsDatabase, seconds: number) => sql`select pg_sleep(${seconds})`.execute(db);

    it('a connection that is lost between two statements fails its transaction, and never the process', async () => {
      const [db, other] = [open({ maxConnections: 1 }), open({ maxConnections: 1 })];
      const transaction = db.transaction().execute(async (trx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
        await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(other);
        await sleep(300);
        await sql`select 1`.execute(trx);
      });
      await expect(transaction).rejects.toThrow();
      expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    });

    it('the server ends a statement that takes too long, and the connection goes on', async () => {
      const db = open({ maxConnections: 1, statementLimitMs: 200 });
      const breaker = createBreaker();
      await expect(breaker(() => sleeping(db, 30))).rejects.toMatchObject({
        name: 'RecordsUnavailable',
        cause: { code: '57014', message: 'canceling statement due to statement timeout' },
      });
      const { rows } = await sql`
        select count(*) as running from pg_stat_activity where query like '%pg_sleep%' and state = 'active'
          and pid <> pg_backend_pid()`.execute(db);
      expect(rows).toEqual([{ running: 0 }]);
    });

    it('a statement has five seconds, and none for a command of an operator', async () => {
      const limitOf = async (db: RecordsDatabase): Promise<unknown> =>
        (await sql`show statement_timeout`.execute(db)).rows;
      expect(await limitOf(open())).toEqual([{ statement_timeout: '5s' }]);
      expect(await limitOf(open({ isUnlimited: true }))).toEqual([{ statement_timeout: '0' }]);
    });

    it('forty callers share ten connections, although the last ones wait for seconds', async () => {
      const db = open({ maxConnections: CONNECTIONS });
      const breaker = createBreaker();
      const startedAt = Date.now();
      await Promise.all(Array.from({ length: 40 }, () => breaker(() => sleeping(db, SHORT_S))));
      expect(Date.now() - startedAt).toBeGreaterThan(3_900 * SHORT_S);
      const { rows } = await sql<{ most: number }>`
        select count(*) as most from pg_stat_activity where datname = current_database()`.execute(db);
      expect(rows[0]?.most).toBeLessThanOrEqual(CONNECTIONS);
    });

    it('a caller for whom no connection becomes free fails alone: the others go on', async () => {
      const db = open({ maxConnections: 1, slotLimitMs: 200 });
      const breaker = createBreaker();
      let release: () => void = () => undefined;
      const held = db.transaction().execute(async (transaction) => {
        await sql`select 1`.execute(transaction);
        await new Promise<void>((resolve) => (release = resolve));
      });
      await expect(breaker(() => sleeping(db, 0))).rejects.toThrow(RecordsUnavailable);
      release();
      await held;
      await expect(breaker(() => sleeping(db, 0))).resolves.toMatchObject({ rows: [expect.anything()] });
    });

    it('lost connections are reported, and the next call connects again', async () => {
      const lost: string[] = [];
      const db = open({ onIdleError: ({ message }) => lost.push(message) });
      const other = open();
      await sql`select 1`.execute(db);
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(other);
      await until('the loss to be reported', () => lost.length > 0);
      expect(lost).toEqual(['terminating connection due to administrator command']);
      await sleep(0);
      await expect(sql`select 1 as one`.execute(db)).resolves.toMatchObject({ rows: [{ one: 1 }] });
    });
  });
}
