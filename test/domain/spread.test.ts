/** Orders that owe something at the same moment take turns, and a replay draws the same turn. */
import { assert, integer, property, string } from 'fast-check';
import { spread } from '../../src/domain/spread';

test('is a whole number from 0 to below the limit, and the same for the same name', () => {
  assert(
    property(string(), integer({ min: 1, max: 10 ** 9 }), (name, limit) => {
      const drawn = spread(name, limit);
      return Number.isInteger(drawn) && drawn >= 0 && drawn < limit && drawn === spread(name, limit);
    }),
  );
});

const DRAWN = [1_204_059, 186_347, 919_456, 260_270, 721_469];

test.each([0, 0.5, 1])('a limit of %d leaves no choice', (limit) => {
  expect(spread('any', limit)).toBe(0);
});

test('these names were drawn before: histories depend on it', () => {
  expect(
    ['', 'a', 'b', 'order|deadline:new', 'order|deadline:new|1'].map((name) => spread(name, 1_800_000)),
  ).toEqual(DRAWN);
});

test.each([
  ['random ids', (n: number) => `5d0c6a52-7f0e-4c39-${n * 7919}-1f2f6f8f3c11|deadline:new`],
  [
    'ids that differ in the last digits',
    (n: number) => `5d0c6a52-7f0e-4c39-9a53-${String(n).padStart(12, '0')}`,
  ],
  [
    'one order, question after question',
    (n: number) => `5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11|deadline:new|${n}`,
  ],
])('%s are spread evenly', (_what, nameOf) => {
  const COUNT = 18_000;
  const BUCKETS = 180;
  const counts = new Array<number>(BUCKETS).fill(0);
  for (let n = 0; n < COUNT; n += 1) {
    const bucket = spread(nameOf(n), BUCKETS);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const fair = COUNT / BUCKETS;
  // Six standard deviations of a fair draw.
  expect(Math.max(...counts)).toBeLessThan(fair + 6 * Math.sqrt(fair));
  expect(Math.min(...counts)).toBeGreaterThan(fair - 6 * Math.sqrt(fair));
});
