/** Keeps words apart: those that would overlap get rows of their own. */

const APART_PX = 6;

export interface Rows {
  /** Row for something between two pixels, the first with room; undefined when all are taken there. */
  place(from: number, to: number): number | undefined;
  /** How many rows are in use. */
  count(): number;
}

export function rows(max = Infinity): Rows {
  const taken: { from: number; to: number }[][] = [];
  return {
    place(from, to) {
      const overlaps = (other: { from: number; to: number }) =>
        from < other.to + APART_PX && other.from < to + APART_PX;
      const free = taken.findIndex((row) => !row.some(overlaps));
      const index = free === -1 ? taken.length : free;
      if (index >= max) return undefined;
      (taken[index] ??= []).push({ from, to });
      return index;
    },
    count: () => taken.length,
  };
}
