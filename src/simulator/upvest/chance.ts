import { createHash } from 'node:crypto';

/** A number from 0 up to 1 that hangs on nothing but the seed and what it is for. */
export function chanceOf(seed: number, ...purpose: (string | number)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...purpose].join(' '))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
