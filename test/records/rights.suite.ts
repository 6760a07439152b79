/** What worker and server may do; PGlite has one user, so this needs a real PostgreSQL. */
import { sql, type Transaction } from 'kysely';
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderArchive } from '../../src/records/archive/order-archive';
import { saveOrder } from '../../src/records/orders/save-order';
import { grantRights, RIGHTS } from '../../src/records/rights';
import type { RecordsTables } from '../../src/records/tables';
import { emptyRecords, finishOf, openOrder, saveOf } from '../support/saved-orders';

export function describeRights(records: () => RecordsDatabase): void {
  describe('the rights', () => {
    beforeEach(async () => {
      await emptyRecords(records());
      await sql`drop owned by records_process`.execute(records()).catch(() => undefined);
      await sql`drop role if exists records_process`.execute(records());
      await sql`create role records_process`.execute(records());
    });
    /** As a process of this kind, in a transaction of its own. */
    const as = async <T>(
      process: 'worker' | 'server',
      work: (transaction: Transaction<RecordsTables>) => Promise<T>,
    ): Promise<T> => {
      await grantRights(records(), process, 'records_process');
      return records()
        .transaction()
        .execute(async (transaction) => {
          await sql`set local role records_process`.execute(transaction);
          return work(transaction);
        });
    };

    it('are those of each table that there is', async () => {
      const { rows } = await sql<{ name: string }>`
        select table_name as name from information_schema.tables where table_schema = 'public'`.execute(
        records(),
      );
      expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(RIGHTS).sort());
    });

    it('let a worker save orders, also one that has two rows, and store their final records', async () => {
      const adopted = openOrder();
      const { portfolioOrderId } = adopted.record;
      await as('worker', (transaction) => saveOrder(transaction, saveOf(adopted)));
      await as('server', (transaction) =>
        transaction
          .insertInto('orders')
          .values({
            reference: 'SP-1',
            phase: 'PLACING',
            origin: 'placed',
            opened_at: '2026-03-02T09:00:00.000Z',
            changed_at: '2026-03-02T09:00:00.000Z',
          })
          .execute(),
      );
      const placed = finishOf(openOrder({ reference: 'SP-1', portfolioOrderId }), { version: 2, basedOn: 1 });
      expect(await as('worker', (transaction) => saveOrder(transaction, placed))).toMatchObject({
        outcome: 'saved',
      });
      expect(
        await as('server', (transaction) => createOrderArchive(transaction).findByReference('SP-1')),
      ).toMatchObject({ outcome: { portfolioOrderId } });
    });

    it.each([
      `update records set content = '{}'`,
      'delete from records',
      `update decisions set actor = 'bob'`,
      'delete from decisions',
      'truncate records',
      'delete from chain_head',
      'insert into chain_head (only_row, seq, hash) values (true, 0, 0)',
      `insert into legal_holds values ('x', 'y', 'z', now())`,
      'delete from legal_holds',
    ])('forbid worker and server: %s', async (statement) => {
      for (const process of ['worker', 'server'] as const)
        await expect(as(process, (transaction) => sql.raw(statement).execute(transaction))).rejects.toThrow(
          /permission denied/,
        );
    });
  });
}
