/** Tables for people; what comes from outside is made harmless. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { plain } from './text';

/** Text, several lines of it, or text that calls for somebody. */
export type Cell = string | string[] | { alarm: string };

export function tableOf(head: string[], rows: Cell[][]): string {
  const table = new Table({
    head: head.map((name) => styleText('bold', name)),
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push(row.map(textOf));
  return table.toString();
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return plain(cell);
  if (Array.isArray(cell)) return cell.map(plain).join('\n');
  return cell.alarm === '' ? '' : styleText('red', plain(cell.alarm));
}
