/**
 * Deletes what is older than the retention period, and not on hold: the contents of records and decisions, and the rows of
 * the orders. The links stay, so that the chain can be checked: their hashes, numbers and times, and the orders' ids.
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import { appendToChain } from '../chain/append';
import { decisionRow } from '../chain/decisions';
import { DELETE_EXPIRED, type DeletedLinks } from '../chain/deletions';
import type { RecordsTables } from '../tables';
import { lockRetention } from './retention-lock';

export interface Retention {
  /** Orders that finished before are deleted. ISO 8601 UTC. */
  before: string;
  actor: string;
  /** The period, for people. */
  reason: string;
}

export interface Deleted {
  orders: number;
  records: number;
  decisions: number;
  /** References whose placements made no order. */
  placements: number;
}

/** Orders of one transaction, which others wait for. */
const STEP = 200;

/** What {@link deleteExpired} would delete now. */
export async function countExpired(
  db: Kysely<RecordsTables>,
  { before }: Pick<Retention, 'before'>,
): Promise<Deleted> {
  return db.transaction().execute(async (transaction) => {
    const total: Deleted = { orders: 0, records: 0, decisions: 0, placements: 0 };
    let after = 0;
    for (;;) {
      const expired = await expiredAfter(transaction, before, after);
      if (expired === undefined) break;
      const links = await linksOf(transaction, expired.orders);
      total.orders += expired.orders.length;
      total.records += links.records.length;
      total.decisions += links.decisions.length;
      after = expired.last;
    }
    total.decisions += (await otherDecisions(transaction, before)).length;
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from orders where ${endedPlacement(before)}`.execute(transaction);
    total.placements = rows[0]?.count ?? 0;
    return total;
  });
}

/** Needs the database's owner: worker and server may change neither records nor decisions. */
export async function deleteExpired(db: Kysely<RecordsTables>, retention: Retention): Promise<Deleted> {
  const total: Deleted = { orders: 0, records: 0, decisions: 0, placements: 0 };
  const add = (more: Partial<Deleted>): void => {
    for (const name of Object.keys(more) as (keyof Deleted)[]) total[name] += more[name] ?? 0;
  };
  let after: number | undefined = 0;
  while (after !== undefined) {
    const step: { deleted: Partial<Deleted>; last: number | undefined } = await deleteOrders(
      db,
      retention,
      after,
    );
    add(step.deleted);
    after = step.last;
  }
  add(await deleteOthers(db, retention));
  return total;
}

async function deleteOrders(
  db: Kysely<RecordsTables>,
  retention: Retention,
  after: number,
): Promise<{ deleted: Partial<Deleted>; last: number | undefined }> {
  return db.transaction().execute(async (transaction) => {
    await lockRetention(transaction);
    const expired = await expiredAfter(transaction, retention.before, after);
    if (expired === undefined) return { deleted: {}, last: undefined };
    const orders = await stillFinished(transaction, expired.orders);
    const links = await linksOf(transaction, orders);
    for (const table of ['order_events', 'order_children', 'orders'] as const)
      await sql`
        delete from ${sql.table(table)} where portfolio_order_id = any(${orders}::text[])`.execute(
        transaction,
      );
    await deleteContents(transaction, links, retention);
    const counts = { records: links.records.length, decisions: links.decisions.length };
    return { deleted: { orders: orders.length, ...counts }, last: expired.last };
  });
}

/** Decisions and placements that belong to no portfolio order. */
async function deleteOthers(db: Kysely<RecordsTables>, retention: Retention): Promise<Partial<Deleted>> {
  return db.transaction().execute(async (transaction) => {
    await lockRetention(transaction);
    const gone = await sql`delete from orders where ${endedPlacement(retention.before)}`.execute(transaction);
    const decisions = await otherDecisions(transaction, retention.before);
    await deleteContents(transaction, { records: [], decisions }, retention);
    return { decisions: decisions.length, placements: Number(gone.numAffectedRows ?? 0) };
  });
}

/** The next orders by the number of their last record; undefined if there are no more. */
async function expiredAfter(
  transaction: Transaction<RecordsTables>,
  before: string,
  after: number,
): Promise<{ orders: string[]; last: number } | undefined> {
  const { rows } = await sql<{ seq: number; portfolio_order_id: string }>`
    select seq, portfolio_order_id from records
    where seq > ${after} and content is not null and finished_at < ${before}::timestamptz
      and not exists (
        select from records as later
        where later.portfolio_order_id = records.portfolio_order_id and later.version > records.version
      )
      and not exists (
        select from legal_holds where legal_holds.portfolio_order_id = records.portfolio_order_id
      )
      and not exists (
        select from orders
        where orders.portfolio_order_id = records.portfolio_order_id and orders.phase <> 'FINISHED'
      )
    order by seq limit ${STEP}`.execute(transaction);
  const last = rows.at(-1)?.seq;
  return last === undefined ? undefined : { orders: rows.map((row) => row.portfolio_order_id), last };
}

/** Locks their rows, and leaves out those that were reopened meanwhile. */
async function stillFinished(transaction: Transaction<RecordsTables>, orders: string[]): Promise<string[]> {
  const rows = await transaction
    .selectFrom('orders')
    .select(['portfolio_order_id', 'phase'])
    .where('portfolio_order_id', 'in', orders)
    .orderBy('id')
    .forUpdate()
    .execute();
  const open = new Set(rows.filter(({ phase }) => phase !== 'FINISHED').map((row) => row.portfolio_order_id));
  return orders.filter((id) => !open.has(id));
}

interface Links {
  records: number[];
  decisions: number[];
}

async function linksOf(transaction: Transaction<RecordsTables>, orders: string[]): Promise<Links> {
  const of = async (table: 'records' | 'decisions'): Promise<number[]> => {
    const { rows } = await sql<{ seq: number }>`
      select seq from ${sql.table(table)}
      where portfolio_order_id = any(${orders}::text[]) and content is not null order by seq`.execute(
      transaction,
    );
    return rows.map(({ seq }) => seq);
  };
  return { records: await of('records'), decisions: await of('decisions') };
}

/** Decisions about no portfolio order, such as one about a parked event, or about a placement that made none. */
async function otherDecisions(transaction: Transaction<RecordsTables>, before: string): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    select seq from decisions
    where portfolio_order_id is null and content is not null and decided_at < ${before}::timestamptz
      and rule <> ${DELETE_EXPIRED}
      and not exists (
        select from orders join legal_holds using (portfolio_order_id)
        where orders.reference = decisions.reference
      )
    order by seq`.execute(transaction);
  return rows.map(({ seq }) => seq);
}

/** Rows of references whose placement has ended without an order. */
const endedPlacement = (before: string) => sql`
  portfolio_order_id is null and phase in ('REFUSED', 'NOT_PLACED') and finished_at < ${before}::timestamptz`;

/** The decision that deletes them lists them, and is a link itself. */
async function deleteContents(
  transaction: Transaction<RecordsTables>,
  { records, decisions }: Links,
  { before, actor, reason }: Retention,
): Promise<void> {
  const deleted = [...records, ...decisions].sort((a, b) => a - b);
  if (deleted.length === 0) return;
  const facts: DeletedLinks & { before: string } = { deleted, before };
  const [seq] = await appendToChain(transaction, [
    decisionRow({
      subject: 'records',
      rule: DELETE_EXPIRED,
      actor,
      reason,
      decidedAt: new Date().toISOString(),
      facts: { ...facts },
    }),
  ]);
  const gone = { content: null, reference: null, deleted_by: seq ?? null };
  if (records.length > 0)
    await transaction.updateTable('records').set(gone).where('seq', 'in', records).execute();
  if (decisions.length > 0)
    await transaction
      .updateTable('decisions')
      .set({ ...gone, actor: null, reason: null })
      .where('seq', 'in', decisions)
      .execute();
}
