/** Tables for people; cell text is sanitized. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { sanitized } from './text';

/** Text, several lines of text, or a highlighted alert. */
export type Cell = string | string[] | { alert: string };

export function tableOf(head: string[], rows: Cell[][]): string {
  const table = new Table({
    head: head.map((name) => styleText('bold', name)),
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push(row.map(textOf));
  return table.toString();
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return sanitized(cell);
  if (Array.isArray(cell)) return cell.map(sanitized).join('\n');
  return cell.alert === '' ? '' : styleText('red', sanitized(cell.alert));
}
