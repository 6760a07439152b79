/** Which processor cores a process may use. Linux has `taskset` for it; elsewhere every process may use all of them. */
import { execFileSync } from 'node:child_process';

/** The cores that this process may use; undefined where that cannot be told. */
export function ownCores(): number[] | undefined {
  const said = taskset(['-cp', String(process.pid)]);
  const list = said === undefined ? undefined : /: ([\d,-]+)\s*$/.exec(said)?.[1];
  return list?.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Moves this process, all of its threads, to these cores. */
export function moveTo(cores: number[]): void {
  taskset(['-acp', cores.join(','), String(process.pid)]);
}

function taskset(options: string[]): string | undefined {
  try {
    return execFileSync('taskset', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
