import { code, plain } from '../../../src/domain/values/markdown';

test.each([
  ['EUR 1,000.00 (5 %) - fine: 10:00, a_b!', 'EUR 1,000.00 (5 %) - fine: 10:00, a_b!'],
  ['**bold** _it_ `code` ~~no~~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~no\\~\\~'],
  ['[pay here](https://evil.example)', '\\[pay here\\](https\\://evil.example)'],
  ['www.evil.example', 'www\\.evil.example'],
  ['<img src=x> &amp; a|b', '\\<img src=x\\> \\&amp; a\\|b'],
  ['# one\n\n- two\r\u2028three', '# one - two three'],
  ['\u202eevil\u0085\u0007', 'evil'],
  ['\\', '\\\\'],
])('%j is plain text in Markdown: %j (14.37)', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test('code cannot be left (14.37)', () => {
  expect(code('a` **b**\n`')).toBe('`a’ **b** ’`');
});
