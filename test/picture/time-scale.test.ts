/** Time scale: keeps the order, stays within the frame, omits idle gaps. */
import { array, assert, integer, property } from 'fast-check';
import { timeScale } from '../../src/picture/time-scale';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const from = Date.UTC(2026, 2, 2, 9);

test('later times are never left of earlier ones, and all are within the frame', () => {
  const gaps = array(integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 });
  assert(
    property(gaps, (powers) => {
      let time = from;
      const times = powers.map((power) => (time += Math.round(1.7 ** power)));
      const scale = timeScale(times, 100, 1100);
      const pixels = times.map((one) => scale?.x(one) ?? NaN);
      expect(pixels).toEqual([...pixels].sort((a, b) => a - b));
      expect(pixels.every((x) => x >= 100 && x <= 1100)).toBe(true);
      for (const { x0, x1 } of scale?.breaks ?? []) {
        expect(pixels.filter((x) => x > x0 && x < x1)).toEqual([]);
      }
    }),
  );
});

test('a gap of days between seconds of trading becomes a break with its duration', () => {
  const settled = from + 56 * HOUR;
  const scale = timeScale([from, from + SECOND, from + 9 * SECOND, settled, settled + SECOND], 0, 1000);
  expect(scale?.breaks.map(({ ms }) => ms)).toEqual([56 * HOUR - 9 * SECOND]);
  expect(scale?.segments).toHaveLength(2);
});

test('evenly spaced times have no break, and a single time has a position', () => {
  expect(
    timeScale(
      [0, 1, 2, 3, 4, 5].map((n) => from + n * HOUR),
      0,
      1000,
    )?.breaks,
  ).toEqual([]);
  expect(timeScale([from], 0, 1000)?.x(from)).toBeCloseTo(9);
  expect(timeScale([], 0, 1000)).toBeUndefined();
});
