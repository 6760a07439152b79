/** Summarises CPU profiles of Node.js: where a thread spent its time, by module and by function. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface CallFrame {
  functionName: string;
  url: string;
  /** From 0. */
  lineNumber: number;
}

/** The part of a `.cpuprofile` file that is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  /** Ids of nodes. */
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface PlaceTime {
  place: string;
  ms: number;
}

const IDLE = new Set(['(idle)', '(root)']);
const MODULES = 25;
const FUNCTIONS = 25;
const CALLERS = 60;

/** Own time by place, the most first; without idle time. */
export function selfTimes(profile: CpuProfile, placeOf: (frame: CallFrame) => string): PlaceTime[] {
  return timesBy(profile, ([own]) => (own === undefined ? [] : [placeOf(own)]));
}

/** Time by place with all that it calls, the most first; without idle time. */
export function totalTimes(profile: CpuProfile, placeOf: (frame: CallFrame) => string): PlaceTime[] {
  return timesBy(profile, (stack) => [...new Set(stack.map(placeOf))]);
}

/** @param placesOf the places that a sample counts for, from its stack, the running function first */
function timesBy(
  { nodes, samples, timeDeltas }: CpuProfile,
  placesOf: (stack: CallFrame[]) => string[],
): PlaceTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const stackOf = (sample: number): CallFrame[] => {
    const stack: CallFrame[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = callers.get(id)) {
      const frame = frames.get(id);
      if (frame !== undefined) stack.push(frame);
    }
    return stack;
  };
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const times = new Map<string, number>();
  for (const [id, microseconds] of own) {
    if (IDLE.has(frames.get(id)?.functionName ?? '(idle)')) continue;
    for (const place of placesOf(stackOf(id)))
      times.set(place, (times.get(place) ?? 0) + microseconds / 1000);
  }
  return [...times].map(([place, ms]) => ({ place, ms })).sort((one, other) => other.ms - one.ms);
}

/** Names the module of a line, from 0. */
export type ModuleAt = (line: number) => string;

/** The modules of a bundle of webpack, which heads each with its path. */
export function modulesOf(bundle: string): ModuleAt {
  const starts = bundle.split('\n').flatMap((line, index) => {
    const path = /^ {2}!\*\*\* (.+) \*\*\*!$/.exec(line)?.[1];
    return path === undefined ? [] : [{ path: shortened(path), index }];
  });
  return (line) => starts.findLast(({ index }) => index <= line)?.path ?? '(bundle)';
}

/** From the package's name or from `dist` on. */
function shortened(path: string): string {
  return path.replace(/^.*(node_modules|dist)\/(?=.)/, '').replace(/^\.\//, '');
}

/**
 * Modules and functions with the most time, one a line, with their share of the time in which the thread worked. Lines of bundles
 * are counted for the modules in them, as long as the bundle is that of the profile.
 */
export function profileSummary(path: string): string {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
  const bundles = new Map<string, ModuleAt | undefined>();
  const moduleOf = ({ functionName, url, lineNumber }: CallFrame): string => {
    if (url === '') return functionName;
    if (url.endsWith('bundle.js') && !bundles.has(url)) bundles.set(url, readBundle(url));
    return bundles.get(url)?.(lineNumber) ?? shortened(url);
  };
  const functionOf = (frame: CallFrame): string =>
    frame.url === '' ? frame.functionName : `${frame.functionName || '(anonymous)'} in ${moduleOf(frame)}`;
  const modules = selfTimes(profile, moduleOf);
  const total = modules.reduce((sum, { ms }) => sum + ms, 0);
  const lines = (times: readonly PlaceTime[], count: number): string[] =>
    times
      .slice(0, count)
      .map(({ place, ms }) => `${((ms * 100) / total).toFixed(1).padStart(5)} %  ${place}`);
  return [
    `${total.toFixed(0)} ms at work, by module:`,
    ...lines(modules, MODULES),
    'by function:',
    ...lines(selfTimes(profile, functionOf), FUNCTIONS),
    'by function, with all that it calls:',
    ...lines(totalTimes(profile, functionOf), CALLERS),
  ].join('\n');
}

function readBundle(url: string): ModuleAt | undefined {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return existsSync(path) ? modulesOf(readFileSync(path, 'utf8')) : undefined;
}
