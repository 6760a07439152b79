/** docs/operations.md as tests read it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
export const TEXT = readFileSync(resolve(ROOT, 'docs/operations.md'), 'utf8');

/** Cells of the table below a heading, without its first two lines. */
export function tableBelow(heading: string): string[][] {
  const [, below = ''] = TEXT.split(`${heading}\n`);
  const lines = below.slice(below.indexOf('\n|') + 1).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
