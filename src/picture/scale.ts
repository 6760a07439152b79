/**
 * Where a moment stands on the time axis. Orders live in bursts: seconds of trading, days until they settle. Long idle gaps
 * are cut out, and shown as breaks; between two breaks time runs evenly.
 */

/** A stretch in which time runs evenly. */
export interface Segment {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** Pixels. */
  x0: number;
  x1: number;
}

/** A gap that is not drawn to scale. */
export interface Break {
  x0: number;
  x1: number;
  /** How long it is. */
  ms: number;
}

export interface TimeScale {
  segments: Segment[];
  breaks: Break[];
  /** Pixel of a moment; one inside a break stands at its beginning, one outside of everything at the edge. */
  x(time: number): number;
}

/** The shortest gap that is cut is so many times longer than all that stays together. */
const DWARFS = 4;
/** What a break has to gain, as the logarithm of that: few and plain breaks are better than many. */
const BREAK_COST = 0.3;
/** Shorter ones are never worth it. */
const SHORTEST_CUT_MS = 5_000;
const MAX_BREAKS = 24;
const BREAKS_PX = 280;
const WIDEST_BREAK_PX = 44;
/** Room at both ends of a segment, so that a mark never stands on a break. */
const PAD_PX = 9;

/** @returns undefined when there is no moment at all */
export function timeScale(moments: readonly number[], left: number, right: number): TimeScale | undefined {
  const times = [...new Set(moments)].sort((a, b) => a - b);
  if (times.length === 0) return undefined;
  const clusters = split(times, shortestCut(times));
  const breakPx = Math.min(WIDEST_BREAK_PX, BREAKS_PX / Math.max(1, clusters.length - 1));
  // More happening takes more room, but a single moment needs some, too.
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

/** Length from which on a gap is cut: where the step from what is cut to what stays is the largest for its price. */
function shortestCut(times: number[]): number {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => b - a);
  let rest = gaps.reduce((sum, gap) => sum + gap, 0);
  let best = { gap: Infinity, score: 0 };
  for (const [index, gap] of gaps.slice(0, MAX_BREAKS).entries()) {
    rest -= gap;
    if (rest <= 0 || gap < SHORTEST_CUT_MS || gap <= DWARFS * rest) continue;
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
