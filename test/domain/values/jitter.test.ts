/** Actions of many orders at the same moment are spread, and a replay gets the same values. */
import { assert, integer, property, string } from 'fast-check';
import { jitter } from '../../../src/domain/values/jitter';

test('jitter is a whole number from 0 to below the limit, and depends on the name only', () => {
  assert(
    property(string(), integer({ min: 1, max: 10 ** 9 }), (name, limit) => {
      const drawn = jitter(name, limit);
      return Number.isInteger(drawn) && drawn >= 0 && drawn < limit && drawn === jitter(name, limit);
    }),
  );
});

const EXPECTED = [1_204_059, 186_347, 919_456, 260_270, 721_469];

test.each([0, 0.5, 1])('a limit of %d gives 0', (limit) => {
  expect(jitter('any', limit)).toBe(0);
});

test('values are stable, because recorded histories depend on them', () => {
  expect(
    ['', 'a', 'b', 'order|deadline:new', 'order|deadline:new|1'].map((name) => jitter(name, 1_800_000)),
  ).toEqual(EXPECTED);
});

test.each([
  ['random ids', (n: number) => `5d0c6a52-7f0e-4c39-${n * 7919}-1f2f6f8f3c11|deadline:new`],
  [
    'ids that differ in the last digits',
    (n: number) => `5d0c6a52-7f0e-4c39-9a53-${String(n).padStart(12, '0')}`,
  ],
  ['successive polls of one order', (n: number) => `5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11|deadline:new|${n}`],
])('%s are spread evenly', (_what, nameOf) => {
  const COUNT = 18_000;
  const BUCKETS = 180;
  const counts = new Array<number>(BUCKETS).fill(0);
  for (let n = 0; n < COUNT; n += 1) {
    const bucket = jitter(nameOf(n), BUCKETS);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const mean = COUNT / BUCKETS;
  // Six standard deviations of a uniform distribution.
  expect(Math.max(...counts)).toBeLessThan(mean + 6 * Math.sqrt(mean));
  expect(Math.min(...counts)).toBeGreaterThan(mean - 6 * Math.sqrt(mean));
});
