/** Migrations, on whatever database they run. */
import { sql, type Kysely, type Migration } from 'kysely';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { checkMigrations, migrate } from '../../src/records/migrate';
import type { TestDatabase } from '../support/records';

const making = (table: string): Migration => ({
  up: async (db: Kysely<unknown>) => {
    await sql`create table ${sql.table(table)} (id bigint generated always as identity primary key)`.execute(
      db,
    );
  },
});
const FIRST = { '2026-01-01-first': making('first') };
const BOTH = { ...FIRST, '2026-01-02-second': making('second') };

export function describeMigrations(start: () => Promise<TestDatabase>): void {
  describe('migrations', () => {
    let database: TestDatabase;
    let records: RecordsDatabase;
    beforeEach(async () => {
      database = await start();
      records = connectRecords(database.url);
    });
    afterEach(async () => {
      await records.destroy();
      await database.stop();
    });
    const tables = async (): Promise<string[]> =>
      (await records.introspection.getTables()).map(({ name }) => name).sort();
    const warnings: string[] = [];
    const warn = (line: string): void => void warnings.push(line);
    beforeEach(() => warnings.splice(0));

    it('run once, in their order, also for two callers at once', async () => {
      const other = connectRecords(database.url);
      const ran = await Promise.all([migrate(records, BOTH), migrate(other, BOTH)]);
      await other.destroy();
      expect(ran.flat()).toEqual(Object.keys(BOTH));
      expect(await migrate(records, BOTH)).toEqual([]);
      expect(await tables()).toEqual(['first', 'second']);
    });

    it('that are missing are named with the command that runs them', async () => {
      expect(await checkMigrations(records, warn, BOTH)).toEqual([
        'The records database lacks 2026-01-01-first, 2026-01-02-second: run "portfolio-orders records migrate" as its owner',
      ]);
      await migrate(records, FIRST);
      expect(await checkMigrations(records, warn, BOTH)).toEqual([
        'The records database lacks 2026-01-02-second: run "portfolio-orders records migrate" as its owner',
      ]);
      await migrate(records, BOTH);
      expect(await checkMigrations(records, warn, BOTH)).toEqual([]);
      expect(warnings).toEqual([]);
    });

    it('of a later version are no problem for a process that is already out of date', async () => {
      await migrate(records, BOTH);
      expect(await checkMigrations(records, warn, FIRST)).toEqual([]);
      expect(warnings).toEqual(['The records database is of a later version: it has 2026-01-02-second']);
      await expect(migrate(records, FIRST)).rejects.toThrow(
        'The records database is of a later version, with 2026-01-02-second: run the command of that version',
      );
    });

    it('of which one fails leave nothing behind, and the error names it', async () => {
      const broken = { ...FIRST, '2026-01-02-broken': making('first') };
      await expect(migrate(records, broken)).rejects.toThrow(
        'Migration 2026-01-02-broken failed: relation "first" already exists',
      );
      expect(await tables()).toEqual([]);
      expect(await migrate(records, BOTH)).toEqual(Object.keys(BOTH));
    });
  });
}
