/**
 * Deterministic jitter: spreads actions of many orders that would run at the same moment. Depends on the name alone, so
 * that a replay gets the same value. FNV-1a with the finalizer of MurmurHash3, which also separates names that differ in
 * one digit.
 *
 * @returns a whole number from 0 to below `limit`
 */
export function jitter(name: string, limit: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return Math.floor((hash / 2 ** 32) * limit);
}
