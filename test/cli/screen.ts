/** As a terminal understands what is written to it, as far as the block uses that. */
export function screenOf(written: string[]): string[] {
  const rows: string[] = [''];
  let row = 0;
  for (const [part = ''] of written.join('').matchAll(/\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) {
    const [, count = '', command = ''] = /^\u001b\[\??(\d*)([A-Za-z])$/.exec(part) ?? [];
    if (command === 'A') row -= Number(count);
    else if (command === 'J') rows.splice(row, Infinity, '');
    else if (part === '\n') rows[(row += 1)] ??= '';
    else if (command === '' && part !== '\r') rows[row] = (rows[row] ?? '') + part;
  }
  return rows;
}
