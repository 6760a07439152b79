import { fromNow, moment, sanitized, sanitizedLines, quoted, timeOf } from '../../../src/cli/output/text';

const S = 1000;
const [MIN, H, D] = [60 * S, 3600 * S, 86_400 * S];

it.each([
  [0, 'now'],
  [400, 'now'],
  [5 * S, 'in 5 s'],
  [-90 * S, '1 min 30 s ago'],
  [2 * MIN, 'in 2 min'],
  [3 * H + 5 * MIN + 7 * S, 'in 3 h 5 min'],
  [D + 5 * MIN, 'in 1 d'],
  [-(2 * D + 23 * H + 59 * MIN), '2 d 23 h ago'],
])('%i ms from now is %s', (ms, text) => {
  expect(fromNow(ms)).toBe(text);
});

it('a moment is in UTC, and how far away; what is no time is shown as it is', () => {
  expect(moment('2026-01-02T09:00:05.700Z', Date.parse('2026-01-02T09:00:00.700Z'))).toBe(
    '2026-01-02 09:00:05 UTC (in 5 s)',
  );
  expect(moment('soon\u0007', 0)).toBe('soon');
  expect(timeOf('soon\u001b[31m')).toBe('soon');
});

it.each([
  ['my-first~2', 'my-first~2'],
  ['with blank', "'with blank'"],
  ["it's", "'it'\\''s'"],
  ['$(reboot)', "'$(reboot)'"],
  ['line\nbreak', "'line break'"],
  ['', "''"],
])('%j is typed as %s', (text, word) => {
  expect(quoted(text)).toBe(word);
});

it('text from outside cannot forge lines, colours or the direction of reading', () => {
  expect(sanitized('a\r\nb\u001b[31mc\u001b]0;title\u0007\u202ed\u2028e\u0000')).toBe('a bc d e');
  expect(sanitizedLines('one\n  - two\u001b[2J\u0007')).toBe('one\n  - two');
});
