/** Comma-separated values: what a spreadsheet reads, and runs not. */
import { csvText, type CsvColumn } from '../../src/lib/csv';

interface Row {
  text?: string;
  number?: string | number;
}
const COLUMNS: CsvColumn<Row>[] = [
  { name: 'text', kind: 'text', value: ({ text }) => text },
  { name: 'number', kind: 'number', value: ({ number }) => number },
];

async function whole(batches: Row[][]): Promise<string> {
  let all = '';
  for await (const piece of csvText(COLUMNS, batches)) all += piece;
  return all;
}
const line = async (row: Row): Promise<string> => (await whole([[row]])).slice('text,number\r\n'.length, -2);

it('has a line of names, and a line for each row of each batch, each with its end (RFC 4180)', async () => {
  expect(await whole([[{ text: 'a', number: 1 }, { text: 'b' }], [{ number: '-0.10' }]])).toBe(
    'text,number\r\na,1\r\nb,\r\n,-0.10\r\n',
  );
  expect(await whole([])).toBe('text,number\r\n');
  expect(await whole([[]])).toBe('text,number\r\n');
});

it.each([
  ['a,b', '"a,b",'],
  ['say "so"', '"say ""so""",'],
  ['two\nlines', '"two\nlines",'],
  ['two\r\nlines', '"two\r\nlines",'],
  ['blanks at both ends ', 'blanks at both ends ,'],
  ['Ärger €', 'Ärger €,'],
])('quotes %j where a reader needs it', async (text, expected) => {
  expect(await line({ text })).toBe(expected);
});

it.each(['=1+1', '+49', '-1', '@SUM(A1)', ' =1', '\t=1', '\ttab', '\rreturn', '\u00a0=1'])(
  'keeps a spreadsheet from running %j',
  async (text) => {
    const cell = await line({ text });
    expect(cell.replace(/^"/, '').startsWith("'")).toBe(true);
    expect(cell).toContain(text);
  },
);

it('leaves amounts as they are, with their sign', async () => {
  expect(await line({ number: '-12.50' })).toBe(',-12.50');
});

it('leaves texts that are no formula', async () => {
  expect(await line({ text: 'a=b-c' })).toBe('a=b-c,');
});
