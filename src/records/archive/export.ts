/** Final records of a period, for auditors and data warehouses. */
import { sql, type Kysely } from 'kysely';
import { orderRow } from '../../domain/records/order-row';
import { csvLine, type CsvValue } from '../../lib/csv';
import type { FinalRecord } from '../orders/final-record';
import type { RecordsTables } from '../tables';

/** By the end of the orders. ISO 8601 UTC. */
export interface Period {
  /** The first moment that belongs to it. */
  from: string;
  /** The first moment after it. */
  to: string;
}

export interface ExportedRecord {
  seq: number;
  /** Canonical JSON, whose SHA-256 is the next. */
  content: string;
  sha256: string;
  hash: string;
}

/** Contents of large orders are megabytes. */
const STEP = 50;

/** Oldest first, without those that were deleted. The memory that it takes does not depend on how many there are. */
export async function* recordsOf(
  db: Kysely<RecordsTables>,
  { from, to }: Period,
): AsyncGenerator<ExportedRecord> {
  let after: { time: string; seq: number } | undefined;
  for (;;) {
    const rows = await db
      .selectFrom('records')
      .select(['seq', 'content', 'sha256', 'hash'])
      // With all its digits.
      .select(sql<string>`finished_at::text`.as('time'))
      .where('content', 'is not', null)
      .where('finished_at', '>=', sql<Date>`${from}::timestamptz`)
      .where('finished_at', '<', sql<Date>`${to}::timestamptz`)
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(finished_at, seq) > (${after?.time}::timestamptz, ${after?.seq}::bigint)`),
      )
      .orderBy('finished_at')
      .orderBy('seq')
      .limit(STEP)
      .execute();
    for (const { seq, content, sha256, hash } of rows) yield { seq, content: content ?? '', sha256, hash };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

const COLUMNS: readonly (readonly [
  name: string,
  value: (record: FinalRecord, row: ReturnType<typeof orderRow>, link: ExportedRecord) => CsvValue,
])[] = [
  ['portfolio_order_id', ({ portfolioOrderId }) => portfolioOrderId],
  ['version', ({ version }) => version],
  ['reference', ({ reference }) => reference],
  ['outcome', ({ outcome }) => outcome],
  ['origin', (_, { origin }) => origin],
  ['type', (_, { type }) => type],
  ['account_id', (_, { accountId }) => accountId],
  ['currency', (_, { currency }) => currency],
  ['ordered', (_, { totals }) => totals.ordered],
  ['executed', (_, { totals }) => totals.executed],
  ['settled', (_, { totals }) => totals.settled],
  ['fees', (_, { totals }) => totals.fees],
  ['taxes', (_, { totals }) => totals.taxes],
  ['children', (_, { children }) => children],
  ['executions', (_, { executions }) => executions],
  ['executions_settled', (_, { executionsSettled }) => executionsSettled],
  ['executions_cancelled', (_, { executionsCancelled }) => executionsCancelled],
  ['requested_at', ({ requestedAt }) => requestedAt],
  ['submitter', ({ submitter }) => submitter],
  ['opened_at', ({ openedAt }) => openedAt],
  ['settled_at', (_, { settledAt }) => settledAt],
  ['finished_at', ({ finishedAt }) => finishedAt],
  ['decisions', ({ decisions }) => decisions.length],
  ['events_accepted', ({ events }) => events.filter(({ outcome }) => outcome === 'accepted').length],
  ['deployment', ({ deployment }) => deployment],
  ['seq', (_, __, { seq }) => seq],
  ['sha256', (_, __, { sha256 }) => sha256],
  ['hash', (_, __, { hash }) => hash],
];

export const CSV_HEADER = csvLine(COLUMNS.map(([name]) => name));

/** Amounts are in the order's currency; the content has those in others. */
export function csvRecord(link: ExportedRecord): string {
  const record = JSON.parse(link.content) as FinalRecord;
  const row = orderRow(record.state);
  return csvLine(COLUMNS.map(([, value]) => value(record, row, link)));
}
