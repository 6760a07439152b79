/** What orders leave in the records database: rows and bytes of each table, with its indexes and what is moved out of its rows. */
import { sql } from 'kysely';
import { connectRecords } from '../../src/records/connect';

export interface RecordsSize {
  /** Orders that have finished, and that have not. */
  orders: { finished: number; open: number };
  tables: Map<string, { rows: number; bytes: number }>;
}

/** Rewrites all tables first, so that neither old versions of rows nor free space counts. */
export async function readRecordsSize(databaseUrl: string): Promise<RecordsSize> {
  const db = connectRecords(databaseUrl, { name: 'bench', maxConnections: 1 });
  try {
    await sql`vacuum full analyze`.execute(db);
    const { rows: tables } = await sql<{ name: string; rows: string; bytes: string }>`
      select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes
      from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(db);
    const { rows: counts } = await sql<{ finished: string; open: string }>`
      select count(*) filter (where finished_at is not null) as finished, count(*) filter (where finished_at is null) as open
      from orders`.execute(db);
    return {
      orders: { finished: Number(counts[0]?.finished), open: Number(counts[0]?.open) },
      tables: new Map(
        tables.map(({ name, rows, bytes }) => [name, { rows: Number(rows), bytes: Number(bytes) }]),
      ),
    };
  } finally {
    await db.destroy();
  }
}

/** Lines that say how the tables grew, those that did. */
export function growthLines(before: RecordsSize, after: RecordsSize): string[] {
  const finished = after.orders.finished - before.orders.finished;
  const open = after.orders.open - before.orders.open;
  const orders = finished + open;
  if (orders === 0) return [];
  const grown = [...after.tables].flatMap(([name, { rows, bytes }]) => {
    const was = before.tables.get(name) ?? { rows: 0, bytes: 0 };
    return rows > was.rows ? [{ name, rows: rows - was.rows, bytes: bytes - was.bytes }] : [];
  });
  const sum = grown.reduce((total, { bytes }) => total + bytes, 0);
  const perOrder = (value: number): string => (value / orders).toFixed(1);
  const kib = (bytes: number): string => `${perOrder(bytes / 1024)} KiB`;
  return [
    `records database: ${kib(sum)} for each of ${finished} finished and ${open} open orders`,
    ...grown.map(({ name, rows, bytes }) => `  ${name}: ${perOrder(rows)} rows, ${kib(bytes)}`),
  ];
}
