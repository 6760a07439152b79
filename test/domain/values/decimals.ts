/** Generated decimal strings, for property tests. */
import { array, bigInt, integer, tuple } from 'fast-check';

/** fast-check prints seed and path of every failure. */
export const RUNS = { numRuns: 300 };

/** Up to 10 decimals, as for share quantities. */
export const amounts = array(
  tuple(bigInt(0n, 10n ** 20n), integer({ min: 0, max: 10 })).map(([units, scale]) => decimal(units, scale)),
  { maxLength: 8 },
);

/** Amounts that can be sent to ESW: 15 significant digits, 6 decimals, then any number of zeros. */
export const wireAmounts = tuple(
  bigInt(0n, 10n ** 15n - 1n),
  integer({ min: 0, max: 6 }),
  integer({ min: 0, max: 4 }),
).map(([units, scale, zeros]) => decimal(units, scale) + (scale > 0 ? '0'.repeat(zeros) : ''));

/** `units` × 10^-`scale` as a decimal string. */
export function decimal(units: bigint, scale: number): string {
  const digits = units.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
