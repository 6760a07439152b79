/** Assigns labels to rows so that they do not overlap. */

const GAP_PX = 6;

export interface Rows {
  /** First row with room between two pixels; undefined when none has. */
  place(from: number, to: number): number | undefined;
  /** Rows in use. */
  count(): number;
}

export function rows(max = Infinity): Rows {
  const taken: { from: number; to: number }[][] = [];
  return {
    place(from, to) {
      const overlaps = (other: { from: number; to: number }) =>
        from < other.to + GAP_PX && other.from < to + GAP_PX;
      const free = taken.findIndex((row) => !row.some(overlaps));
      const index = free === -1 ? taken.length : free;
      if (index >= max) return undefined;
      (taken[index] ??= []).push({ from, to });
      return index;
    },
    count: () => taken.length,
  };
}
