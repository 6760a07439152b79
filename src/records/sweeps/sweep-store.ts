/** Sweeps in the records database: their windows, the orders that they compared, and what differed. */
import { sql, type Kysely } from 'kysely';
import type { SweepStore } from '../../app/ports/sweeps';
import { callRecords } from '../availability';
import { decodeSaved } from '../orders/saved-state';
import type { RecordsTables } from '../tables';
import { replaceBreaks, resolveBreaks, saveBreaks } from './save-breaks';
import { countsOf } from './counts';

/** The window of the first sweep, and how far a later one goes back behind the end of the one before. */
const FIRST_MS = 24 * 60 * 60_000;
const OVERLAP_MS = 2 * 60 * 60_000;

/** More of them than this have one cause. */
const MAX_NOT_STARTED = 500;

type Ask = <T>(work: () => Promise<T>) => Promise<T>;

export function createSweepStore(db: Kysely<RecordsTables>, ask: Ask = callRecords): SweepStore {
  return {
    begin: (id, input, now) =>
      ask(async () => {
        const until = input.until ?? now.toISOString();
        await db
          .insertInto('sweeps')
          .values({
            id,
            since: input.since ?? (await nextSince(db, until)),
            until,
            grace_ms: input.graceMs,
            emit: input.import?.emit ?? null,
            is_dry_run: input.import?.dryRun ?? false,
            started_at: now.toISOString(),
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
        const row = await db.selectFrom('sweeps').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        return {
          id,
          since: row.since.toISOString(),
          until: row.until.toISOString(),
          graceMs: row.grace_ms,
          ...(input.import && { import: input.import }),
        };
      }),

    daysOfOpenOrders: (changedSince) =>
      ask(async () => {
        const { rows } = await sql<{ day: string }>`
          select distinct to_char(opened_at at time zone 'UTC', 'YYYY-MM-DD') as day
          from orders
          where portfolio_order_id is not null
            and (finished_at is null or changed_at >= ${changedSince}::timestamptz)
          order by 1`.execute(db);
        return rows.map(({ day }) => day);
      }),

    read: (ids) =>
      ask(async () => {
        if (ids.length === 0) return [];
        const rows = await db
          .selectFrom('orders')
          .select(['portfolio_order_id', 'reference', 'finished_at', 'saved_state'])
          .select(['status', 'ordered', 'currency', 'account_id', 'children'])
          .where('portfolio_order_id', 'in', [...ids])
          .where('saved_state', 'is not', null)
          .execute();
        return Promise.all(
          rows.map(async (row) => ({
            portfolioOrderId: row.portfolio_order_id ?? '',
            ...(row.reference !== null && { reference: row.reference }),
            isFinished: row.finished_at !== null,
            facts: {
              children: row.children,
              ...(row.status !== null && { status: row.status }),
              ...(row.ordered !== null && { ordered: row.ordered }),
              ...(row.currency !== null && { currency: row.currency }),
              ...(row.account_id !== null && { accountId: row.account_id }),
            },
            state: (await decodeSaved(row.saved_state ?? '')).state,
          })),
        );
      }),

    note: (sweepId, orders) =>
      ask(async () => {
        if (orders.length === 0) return;
        const unique = new Map(orders.map(({ id, isSuspect }) => [id, isSuspect]));
        await sql`
          insert into sweep_orders (sweep_id, portfolio_order_id, is_suspect)
          select ${sweepId}, id, is_suspect
          from unnest(${[...unique.keys()]}::text[], ${[...unique.values()]}::boolean[]) as given (id, is_suspect)
          on conflict (sweep_id, portfolio_order_id) do update
          set is_suspect = sweep_orders.is_suspect or excluded.is_suspect`.execute(db);
      }),

    unlisted: ({ id, since }, after, limit) =>
      ask(async () => {
        const rows = await db
          .selectFrom('orders')
          .select('portfolio_order_id')
          .where('portfolio_order_id', '>', after)
          .where('saved_state', 'is not', null)
          .where((eb) => eb.or([eb('finished_at', 'is', null), eb('changed_at', '>=', new Date(since))]))
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('sweep_orders')
                  .select('sweep_id')
                  .where('sweep_id', '=', id)
                  .whereRef('sweep_orders.portfolio_order_id', '=', 'orders.portfolio_order_id'),
              ),
            ),
          )
          .orderBy('portfolio_order_id')
          .limit(limit)
          .execute();
        return rows.flatMap(({ portfolio_order_id: one }) => one ?? []);
      }),

    suspects: (sweepId, limit) =>
      ask(async () => {
        const rows = await db
          .selectFrom('sweep_orders')
          .select('portfolio_order_id')
          .where('sweep_id', '=', sweepId)
          .where('is_suspect', '=', true)
          .orderBy('portfolio_order_id')
          .limit(limit)
          .execute();
        return rows.map(({ portfolio_order_id }) => portfolio_order_id);
      }),

    countSuspects: (sweepId) =>
      ask(async () => {
        const { count } = await db
          .selectFrom('sweep_orders')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('sweep_id', '=', sweepId)
          .where('is_suspect', '=', true)
          .executeTakeFirstOrThrow();
        return count;
      }),

    checked: (sweepId, { id, reference, isChanging = false }, breaks) =>
      ask(() =>
        db.transaction().execute(async (transaction) => {
          await transaction
            .updateTable('sweep_orders')
            .set({ is_suspect: false, is_changing: isChanging })
            .where('sweep_id', '=', sweepId)
            .where('portfolio_order_id', '=', id)
            .execute();
          const found = breaks.map((one) => ({
            ...one,
            portfolioOrderId: id,
            ...(reference !== undefined && { reference }),
          }));
          await saveBreaks(transaction, sweepId, found);
          // What is changing is compared by the next sweep.
          if (!isChanging) await resolveBreaks(transaction, [id], found);
        }),
      ),

    noteImported: (sweepId, order) =>
      ask(async () => {
        await db
          .updateTable('sweep_orders')
          .set({ is_suspect: false, imported: JSON.stringify(order) })
          .where('sweep_id', '=', sweepId)
          .where('portfolio_order_id', '=', order.portfolioOrderId)
          .execute();
      }),

    resolve: (ids) => ask(() => resolveBreaks(db, ids, [])),

    notStarted: () =>
      ask(async () => {
        const rows = await db
          .selectFrom('orders')
          .select('reference')
          .where('phase', '=', 'NOT_STARTED')
          .where('finished_at', 'is', null)
          .orderBy('opened_at')
          .limit(MAX_NOT_STARTED)
          .execute();
        return rows.flatMap(({ reference }) => reference ?? []);
      }),

    noteUnreadable: (sweepId, day, whys) =>
      ask(() =>
        saveBreaks(
          db,
          sweepId,
          [...new Set(whys)].map((why) => ({
            cause: 'UNREADABLE_AT_UPVEST' as const,
            reference: `list of ${day}`,
            subject: why,
            text: `An order in the list of ${day} cannot be read: ${why}`,
          })),
        ),
      ),

    replace: (sweepId, cause, breaks) =>
      ask(() =>
        db.transaction().execute((transaction) => replaceBreaks(transaction, sweepId, cause, breaks)),
      ),

    end: (sweep, now) =>
      ask(() =>
        db.transaction().execute(async (transaction) => {
          await transaction
            .updateTable('sweeps')
            .set({ finished_at: now.toISOString() })
            .where('id', '=', sweep.id)
            .where('finished_at', 'is', null)
            .execute();
          // Those of other days are resolved by the sweeps that list them.
          await sql`
            update breaks set resolved_at = now()
            where resolved_at is null and cause = 'UNREADABLE_AT_UPVEST' and sweep_id <> ${sweep.id}
              and seen_at < ${now.toISOString()}::timestamptz - interval '1 day'`.execute(transaction);
          const result = await countsOf(transaction, sweep);
          // Of comparisons before this one; an import is kept, since its orders are its report.
          await sql`
            delete from sweep_orders
            using sweeps as ended, sweeps as this
            where ended.id = sweep_orders.sweep_id and this.id = ${sweep.id}
              and ended.emit is null and ended.started_at < this.started_at
              and (ended.finished_at is not null or ended.started_at < this.started_at - interval '7 days')
          `.execute(transaction);
          return result;
        }),
      ),
  };
}

/** Later sweeps begin before the end of the last complete one. */
async function nextSince(db: Kysely<RecordsTables>, until: string): Promise<string> {
  const last = await db
    .selectFrom('sweeps')
    .select((eb) => eb.fn.max('until').as('until'))
    .where('finished_at', 'is not', null)
    .where('emit', 'is', null)
    .executeTakeFirst();
  const ends = last?.until as Date | null | undefined;
  const from = ends ? ends.getTime() - OVERLAP_MS : Date.parse(until) - FIRST_MS;
  return new Date(Math.min(from, Date.parse(until))).toISOString();
}
