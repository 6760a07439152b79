/**
 * Children and executions as rows with ids. One report names thousands, and thousands of reports name one each, so that
 * none may cost a search through all rows.
 */

interface Row {
  id: string;
}

/** Rows by id. A list shares its index with the lists made from it, so an index may hold newer rows, and rows of others. */
const indexes = new WeakMap<readonly Row[], Map<string, Row>>();
/** In shorter lists a search is as fast. */
const INDEXED_FROM = 32;

function indexOf(rows: readonly Row[]): Map<string, Row> {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const index = new Map(rows.map((row) => [row.id, row]));
  indexes.set(rows, index);
  return index;
}

function positionOf(rows: readonly Row[], id: string): number | undefined {
  if (rows.length >= INDEXED_FROM) {
    const row = indexOf(rows).get(id);
    if (row === undefined) return undefined;
    const position = rows.indexOf(row);
    if (position !== -1) return position;
  }
  const position = rows.findIndex((row) => row.id === id);
  return position === -1 ? undefined : position;
}

/** The row with this id. */
export function rowOf<R extends Row>(rows: readonly R[], id: string): R | undefined {
  return rows[positionOf(rows, id) ?? rows.length];
}

/**
 * The rows after a list of reports about them, new ones at the end; the same list when nothing has changed.
 *
 * @param change the row after a report; `number` is its position, from 1
 */
export function withReports<R extends Row, T extends Row>(
  rows: R[],
  reports: readonly T[],
  change: (known: R | undefined, report: T, number: number) => R,
): R[] {
  const after = [...rows];
  const index = rows.length + reports.length < INDEXED_FROM ? undefined : indexOf(rows);
  if (index !== undefined) indexes.set(after, index);
  let isChanged = false;
  for (const report of reports) {
    const position = positionOf(after, report.id) ?? after.length;
    const known = after[position];
    const row = change(known, report, position + 1);
    isChanged ||= row !== known;
    after[position] = row;
    index?.set(row.id, row);
  }
  return isChanged ? after : rows;
}

/** Moves the last row of a list that is otherwise sorted by id to its place. */
export function sortLast(rows: Row[]): void {
  const last = rows.pop();
  if (last === undefined) return;
  let [start, end] = [0, rows.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.id < last.id) start = middle + 1;
    else end = middle;
  }
  rows.splice(start, 0, last);
}
