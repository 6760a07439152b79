/** Seeded random delivery schedules: the same seed gives the same schedule. */

/** Random numbers from 0 to below 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** The items in random order and batches, a third of them two or three times. */
export function reorderedBatches<T>(list: readonly T[], seed: number): T[][] {
  const random = randomOf(seed);
  const repeated = list.flatMap((item) =>
    Array<T>(random() < 0.3 ? 2 + Math.floor(random() * 2) : 1).fill(item),
  );
  const batches: T[][] = [];
  for (let rest = shuffled(repeated, random); rest.length > 0;) {
    batches.push(rest.slice(0, 1 + Math.floor(random() * 12)));
    rest = rest.slice(batches.at(-1)?.length);
  }
  return batches;
}

/** A random part of the items, from none to nearly all. */
export function withLosses<T>(list: readonly T[], seed: number): T[] {
  const random = randomOf(seed);
  const share = random();
  return list.filter(() => random() < share);
}
