/** Controls the processor cores of a process, with `taskset` on Linux; elsewhere every process uses all cores. */
import { execFileSync } from 'node:child_process';

/** The cores that this process may use; undefined if unknown. */
export function ownCores(): number[] | undefined {
  const said = taskset(['-cp', String(process.pid)]);
  const list = said === undefined ? undefined : /: ([\d,-]+)\s*$/.exec(said)?.[1];
  return list?.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Moves all threads of this process to these cores. */
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
