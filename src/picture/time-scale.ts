/**
 * Maps times to the time axis. Orders have bursts of activity: seconds of trading, then days until settlement. Long idle gaps
 * become axis breaks; between two breaks the scale is linear.
 */

/** A linear part of the axis. */
export interface Segment {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** Pixels. */
  x0: number;
  x1: number;
}

/** An idle gap that is not drawn to scale. */
export interface Break {
  x0: number;
  x1: number;
  /** Duration of the gap. */
  ms: number;
}

export interface TimeScale {
  segments: Segment[];
  breaks: Break[];
  /** Pixel of a time; times inside a break map to its start, times outside the axis to its edge. */
  x(time: number): number;
}

/** Minimum ratio of the shortest omitted gap to the total of all smaller gaps. */
const MIN_GAP_RATIO = 4;
/** Minimum gain of each further break, as the logarithm of that ratio: few breaks are easier to read. */
const BREAK_COST = 0.3;
/** Shorter gaps are never omitted. */
const MIN_BREAK_MS = 5_000;
const MAX_BREAKS = 24;
const BREAKS_PX = 280;
const MAX_BREAK_PX = 44;
/** Padding at both ends of a segment, so that no mark overlaps a break. */
const PAD_PX = 9;

/** @returns undefined without times */
export function timeScale(unsorted: readonly number[], left: number, right: number): TimeScale | undefined {
  const times = [...new Set(unsorted)].sort((a, b) => a - b);
  if (times.length === 0) return undefined;
  const clusters = split(times, breakThreshold(times));
  const breakPx = Math.min(MAX_BREAK_PX, BREAKS_PX / Math.max(1, clusters.length - 1));
  // Segments with more times get more room; a single time needs some, too.
  const weights = clusters.map((cluster) => Math.log2(1 + cluster.length));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const free = right - left - breakPx * (clusters.length - 1);

  const segments: Segment[] = [];
  const breaks: Break[] = [];
  let x0 = left;
  for (const [index, cluster] of clusters.entries()) {
    const [from = 0, to = from] = [cluster[0], cluster.at(-1)];
    const before = segments.at(-1);
    if (before) {
      breaks.push({ x0, x1: x0 + breakPx, ms: from - before.to });
      x0 += breakPx;
    }
    const x1 = x0 + (free * (weights[index] ?? 0)) / total;
    segments.push({ from, to, x0, x1 });
    x0 = x1;
  }
  return { segments, breaks, x: (time) => place(segments, time) };
}

function place(segments: Segment[], time: number): number {
  const segment = segments.findLast(({ from }) => from <= time) ?? segments[0];
  if (segment === undefined) return 0;
  const { from, to, x0, x1 } = segment;
  const pad = Math.min(PAD_PX, (x1 - x0) / 4);
  const share = to === from ? 0 : Math.min(1, Math.max(0, (time - from) / (to - from)));
  return x0 + pad + share * (x1 - x0 - 2 * pad);
}

/** Shortest gap to omit, milliseconds: where the gain in scale per break is largest. */
function breakThreshold(times: number[]): number {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => b - a);
  let rest = gaps.reduce((sum, gap) => sum + gap, 0);
  let best = { gap: Infinity, score: 0 };
  for (const [index, gap] of gaps.slice(0, MAX_BREAKS).entries()) {
    rest -= gap;
    if (rest <= 0 || gap < MIN_BREAK_MS || gap <= MIN_GAP_RATIO * rest) continue;
    const score = Math.log(gap / rest) - BREAK_COST * (index + 1);
    if (score > best.score) best = { gap, score };
  }
  return best.gap;
}

function split(times: number[], cut: number): number[][] {
  const clusters: number[][] = [];
  for (const time of times) {
    const last = clusters.at(-1);
    const before = last?.at(-1);
    if (last === undefined || before === undefined || time - before >= cut) clusters.push([time]);
    else last.push(time);
  }
  return clusters;
}
