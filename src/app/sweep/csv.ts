/** Breaks and imported orders as comma-separated values. Others rely on the names of columns and on their order: new ones come last. */
import { csvText, type CsvColumn, type CsvValue } from '../../lib/csv';
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

function columnsOf<Row extends object>(names: readonly (keyof Row & string)[]): CsvColumn<Row>[] {
  return names.map((name) => [name, (row) => row[name] as CsvValue]);
}

export function breakCsv(batches: AsyncIterable<Break[]>): AsyncGenerator<string, void, undefined> {
  return csvText(columnsOf<Break>(BREAK_COLUMNS), batches);
}

export function importCsv(batches: AsyncIterable<ImportedOrder[]>): AsyncGenerator<string, void, undefined> {
  return csvText(columnsOf<ImportedOrder>(IMPORT_COLUMNS), batches);
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
