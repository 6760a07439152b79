/** What a recovery reads and notes in the records database. */
import { sql } from 'kysely';
import type { RecoveryMarker, RecoveryStore, SavedRow } from '../../app/ports/recovery-store';
import type { RecordsDatabase } from '../connect';
import { decodeSaved } from '../orders/saved-state';
import { registeredOf } from '../registry/registered';

const PAGE = 500;
const COLUMNS = ['id', 'portfolio_order_id', 'version', 'finished_at'] as const;

export function createRecoveryStore(db: RecordsDatabase): RecoveryStore {
  return {
    async *openOrders() {
      for (let after = 0; ;) {
        const rows = await db
          .selectFrom('orders')
          .select([...COLUMNS])
          .where('finished_at', 'is', null)
          .where('portfolio_order_id', 'is not', null)
          .where('version', '>', 0)
          .where('id', '>', after)
          .orderBy('id')
          .limit(PAGE)
          .execute();
        for (const row of rows) yield savedRow(row);
        if (rows.length < PAGE) return;
        after = rows.at(-1)?.id ?? after;
      }
    },

    async orders(ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('orders')
        .select([...COLUMNS])
        .where('portfolio_order_id', 'in', [...ids])
        .where('version', '>', 0)
        .execute();
      return rows.map(savedRow);
    },

    async *openPlacements() {
      for (let after = 0; ;) {
        const rows = await db
          .selectFrom('orders')
          .selectAll()
          .where('finished_at', 'is', null)
          .where('reference', 'is not', null)
          .where('version', '=', 0)
          .where('id', '>', after)
          .orderBy('id')
          .limit(PAGE)
          .execute();
        for (const row of rows) yield registeredOf(row);
        if (rows.length < PAGE) return;
        after = rows.at(-1)?.id ?? after;
      }
    },

    async latestSettings() {
      const row = await db
        .selectFrom('orders')
        .select('saved_state')
        .where('saved_state', 'is not', null)
        .orderBy('opened_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      const saved = row?.saved_state ?? undefined;
      return saved === undefined ? undefined : (await decodeSaved(saved)).settings;
    },

    async begin(lookSince) {
      const now = new Date().toISOString();
      const row = await db
        .insertInto('recovery')
        .values({ begun_at: now, look_since: lookSince.toISOString() })
        .onConflict((conflict) =>
          conflict.column('only_row').doUpdateSet({
            look_since: sql<string>`least(recovery.look_since, excluded.look_since)`,
          }),
        )
        .returning(['begun_at', 'look_since'])
        .executeTakeFirstOrThrow();
      return marker(row);
    },

    async current() {
      const row = await db.selectFrom('recovery').select(['begun_at', 'look_since']).executeTakeFirst();
      return row && marker(row);
    },

    async end() {
      const { numDeletedRows } = await db.deleteFrom('recovery').executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function savedRow(row: {
  portfolio_order_id: string | null;
  version: number;
  finished_at: Date | null;
}): SavedRow {
  const { portfolio_order_id: id, version, finished_at: finishedAt } = row;
  return { portfolioOrderId: id ?? '', version, isFinished: finishedAt !== null };
}

function marker(row: { begun_at: Date; look_since: Date }): RecoveryMarker {
  return { begunAt: row.begun_at, lookSince: row.look_since };
}
