import { csvLine } from '../../src/lib/csv';

it('quotes what would end a field, and doubles quotes (RFC 4180)', () => {
  expect(csvLine(['a', 'b,c', 'say "so"', 'two\nlines', ' blank', '', null, undefined, 7, true])).toBe(
    'a,"b,c","say ""so""","two\nlines"," blank",,,,7,true\r\n',
  );
});

it.each(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\tx', '\rx'])(
  'shows %j as text, where a spreadsheet would run it',
  (text) => {
    const [field] = csvLine([text]).split('\r\n');
    expect(field?.replaceAll('"', '')).toMatch(/^'/);
  },
);

it('leaves numbers as they are', () => {
  expect(csvLine(['-1.50', '+1', '12345678901234567890.123'])).toBe("-1.50,'+1,12345678901234567890.123\r\n");
});
