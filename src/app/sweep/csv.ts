/** Breaks and imported orders as comma-separated values. Others rely on the names of columns and on their order: new ones come last. */
import { csvText, type CsvColumn } from '../../lib/csv';
import type { Break, BreakFilter, BreakReport, ImportedOrder } from '../ports/sweeps';

const text = <Row>(name: string, value: (row: Row) => string | undefined): CsvColumn<Row> => ({
  ...{ name, value },
  kind: 'text',
});

const BREAK_COLUMNS: readonly CsvColumn<Break>[] = [
  { name: 'id', kind: 'number', value: ({ id }) => id },
  text('cause', ({ cause }) => cause),
  text('portfolioOrderId', ({ portfolioOrderId }) => portfolioOrderId),
  text('reference', ({ reference }) => reference),
  text('subject', ({ subject }) => subject),
  text('ours', ({ ours }) => ours),
  text('theirs', ({ theirs }) => theirs),
  text('text', (one) => one.text),
  text('remedy', ({ remedy }) => remedy),
  text('repaired', ({ repaired }) => repaired),
  text('foundAt', ({ foundAt }) => foundAt),
  text('seenAt', ({ seenAt }) => seenAt),
  text('resolvedAt', ({ resolvedAt }) => resolvedAt),
  text('sweepId', ({ sweepId }) => sweepId),
];

const IMPORT_COLUMNS: readonly CsvColumn<ImportedOrder>[] = [
  text('portfolioOrderId', ({ portfolioOrderId }) => portfolioOrderId),
  text('outcome', ({ outcome }) => outcome),
  text('status', ({ status }) => status),
  text('accountId', ({ accountId }) => accountId),
  { name: 'cashAmount', kind: 'number', value: ({ cashAmount }) => cashAmount },
  text('currency', ({ currency }) => currency),
  text('createdAt', ({ createdAt }) => createdAt),
  text('detail', ({ detail }) => detail),
];

export function breakCsv(batches: AsyncIterable<Break[]>): AsyncGenerator<string, void, undefined> {
  return csvText(BREAK_COLUMNS, batches);
}

export function importCsv(batches: AsyncIterable<ImportedOrder[]>): AsyncGenerator<string, void, undefined> {
  return csvText(IMPORT_COLUMNS, batches);
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
