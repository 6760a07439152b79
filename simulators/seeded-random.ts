import { createHash } from 'node:crypto';

/** A pseudo-random number in [0, 1), determined by the seed and the purpose alone. */
export function seededRandom(seed: number, ...purpose: (string | number)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...purpose].join(' '))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
