/** Comma-separated values (RFC 4180) that a spreadsheet opens without running anything. */

/** A column. Texts from outside may begin like a formula; numbers, times and codes of ours do not. */
export interface CsvColumn<Row> {
  name: string;
  /** `number`: a decimal string, written as it is, with its sign. */
  kind: 'text' | 'number';
  value: (row: Row) => string | number | undefined;
}

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** The line of names, then the rows, batch by batch. */
export async function* csvText<Row>(
  columns: readonly CsvColumn<Row>[],
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  let text = lineOf(columns.map(({ name }) => name));
  for await (const rows of batches) {
    text += rows.map((row) => csvLine(columns, row)).join('');
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function csvLine<Row>(columns: readonly CsvColumn<Row>[], row: Row): string {
  return lineOf(
    columns.map(({ kind, value }) => {
      const cell = String(value(row) ?? '');
      return kind === 'text' ? withoutFormula(cell) : cell;
    }),
  );
}

/**
 * An apostrophe before what a spreadsheet would take for a formula (OWASP, CSV injection): it shows the text then, and runs
 * nothing. Blanks before it do not help.
 */
function withoutFormula(text: string): string {
  return /^\s*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
