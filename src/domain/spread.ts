/**
 * Spreads what many orders owe at the same moment. Drawn from the name alone, so that a replay draws the same; FNV-1a with
 * the finalizer of MurmurHash3, because names that differ in one digit must not land next to each other.
 *
 * @returns a whole number from 0 to below `limit`
 */
export function spread(name: string, limit: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return Math.floor((hash / 2 ** 32) * limit);
}
