/**
 * The pause after the given number of failures in a row, from 1 on, in the unit of the bounds: it doubles from the first to
 * the longest.
 */
export function backOff(failures: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** (failures - 1));
}
