/** CSV (RFC 4180) that spreadsheets open without running anything that a text contains. */

export type CsvValue = string | number | boolean | null | undefined;

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** Its name, and its value of a row. */
export type CsvColumn<Row> = readonly [name: string, value: (row: Row) => CsvValue];

/** The line of names, then the rows, batch by batch. */
export async function* csvText<Row>(
  columns: readonly CsvColumn<Row>[],
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  let text = csvLine(columns.map(([name]) => name));
  for await (const rows of batches) {
    text += rows.map((row) => csvLine(columns.map(([, value]) => value(row)))).join('');
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** One line, with its end. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

/** Spreadsheets take a text that begins so for a formula; some skip blanks. */
const FORMULA = /^\s*[=+\-@]|^[\t\r\n]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Texts that a spreadsheet would run get an apostrophe in front, which shows them as text. */
function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
