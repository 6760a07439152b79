import { csvLine, csvText, type CsvColumn } from '../../src/lib/csv';

it('quotes what would end a field, and doubles quotes (RFC 4180)', () => {
  expect(csvLine(['a', 'b,c', 'say "so"', 'two\nlines', ' blank', '', null, undefined, 7, true])).toBe(
    'a,"b,c","say ""so""","two\nlines"," blank",,,,7,true\r\n',
  );
});

it.each(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\tx', '\rx', ' =1', '\u00a0=1'])(
  'shows %j as text, where a spreadsheet would run it',
  (text) => {
    const [field] = csvLine([text]).split('\r\n');
    expect(field?.replaceAll('"', '')).toMatch(/^'/);
  },
);

it('leaves numbers as they are', () => {
  expect(csvLine(['-1.50', '+1', '12345678901234567890.123'])).toBe("-1.50,'+1,12345678901234567890.123\r\n");
});

it('leaves texts that are no formula', () => {
  expect(csvLine(['a=b-c', 'Ärger €'])).toBe('a=b-c,Ärger €\r\n');
});

describe('a text of rows', () => {
  const COLUMNS: CsvColumn<{ text?: string; number?: string | number }>[] = [
    ['text', ({ text }) => text],
    ['number', ({ number }) => number],
  ];
  async function whole(batches: { text?: string; number?: string | number }[][]): Promise<string> {
    let all = '';
    for await (const piece of csvText(COLUMNS, batches)) all += piece;
    return all;
  }

  it('has a line of names, and a line for each row of each batch', async () => {
    expect(await whole([[{ text: 'a', number: 1 }, { text: 'b' }], [{ number: '-0.10' }]])).toBe(
      'text,number\r\na,1\r\nb,\r\n,-0.10\r\n',
    );
  });

  it('has the names without rows, too', async () => {
    expect(await whole([])).toBe('text,number\r\n');
    expect(await whole([[]])).toBe('text,number\r\n');
  });
});
