/** Breaks and imported orders as comma-separated values. Others rely on the names of columns and on their order: new ones come last. */
import { csvLine, type CsvValue } from '../../lib/csv';
import type { Break, BreakFilter, BreakReport, ImportedOrder } from '../ports/sweeps';

const BREAK_COLUMNS = [
  'id',
  'cause',
  'portfolioOrderId',
  'reference',
  'subject',
  'ours',
  'theirs',
  'text',
  'remedy',
  'repaired',
  'foundAt',
  'seenAt',
  'resolvedAt',
  'sweepId',
] as const satisfies (keyof Break)[];

const IMPORT_COLUMNS = [
  'portfolioOrderId',
  'outcome',
  'status',
  'accountId',
  'cashAmount',
  'currency',
  'createdAt',
  'detail',
] as const satisfies (keyof ImportedOrder)[];

/** A line of names, then the rows, batch by batch. */
async function* csvOf<Row extends object>(
  columns: readonly (keyof Row & string)[],
  batches: AsyncIterable<Row[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(columns);
  for await (const rows of batches)
    if (rows.length > 0)
      yield rows.map((row) => csvLine(columns.map((name) => row[name] as CsvValue))).join('');
}

export function breakCsv(batches: AsyncIterable<Break[]>): AsyncGenerator<string, void, undefined> {
  return csvOf(BREAK_COLUMNS, batches);
}

export function importCsv(batches: AsyncIterable<ImportedOrder[]>): AsyncGenerator<string, void, undefined> {
  return csvOf(IMPORT_COLUMNS, batches);
}

/** Breaks of one query of {@link allBreaks}. */
const BATCH = 500;

/** All that match, in batches. @throws RecordsUnavailable */
export async function* allBreaks(
  report: BreakReport,
  filter: BreakFilter,
): AsyncGenerator<Break[], void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page: Awaited<ReturnType<BreakReport['page']>> = await report.page(filter, {
      limit: BATCH,
      ...(cursor !== undefined && { cursor }),
    });
    yield page.breaks;
    if (page.next === undefined) return;
    cursor = page.next;
  }
}
