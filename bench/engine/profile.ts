/** Summarises CPU profiles of Node.js: where a thread spent its own time. */
import { readFileSync } from 'node:fs';

/** The part of a `.cpuprofile` file that is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  /** Ids of nodes. */
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface SelfTime {
  place: string;
  ms: number;
}

const IDLE = new Set(['(idle)', '(root)']);
const LINES = 25;

/** Own time of each function, the most first; without idle time. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? '?';
    if (!IDLE.has(place)) times.set(place, (times.get(place) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  return [...times].map(([place, ms]) => ({ place, ms })).sort((one, other) => other.ms - one.ms);
}

/** Function and file, from `node_modules` or `dist` on. */
function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/(?=(node_modules|dist)\/)/, '');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** The functions with the most own time, one a line, with their share of the time in which the thread worked. */
export function profileSummary(path: string): string {
  const times = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile);
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const lines = times
    .slice(0, LINES)
    .map(({ place, ms }) => `${((ms * 100) / total).toFixed(1).padStart(5)} %  ${place}`);
  return [`${total.toFixed(0)} ms at work`, ...lines].join('\n');
}
