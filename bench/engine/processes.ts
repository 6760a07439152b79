/** Processor time and memory of processes and of their children, from Linux's /proc. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessStat {
  pid: number;
  parent: number;
  /** Clock ticks in user and kernel mode, of the process and of those children that ended. */
  ticks: number;
}

/** A line of `/proc/<pid>/stat` (proc_pid_stat(5)). The name, in parentheses, may have any character. */
export function parseStat(line: string): ProcessStat {
  const afterName = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [utime = '0', stime = '0', endedUtime = '0', endedStime = '0'] = afterName.slice(11, 15);
  return {
    pid: Number(line.slice(0, line.indexOf(' '))),
    parent: Number(afterName[1]),
    ticks: Number(utime) + Number(stime) + Number(endedUtime) + Number(endedStime),
  };
}

/** Ticks of a process and of all that descend from it. */
export function ticksOfTree(stats: readonly ProcessStat[], root: number): number {
  const own = stats.find(({ pid }) => pid === root)?.ticks ?? 0;
  const children = stats.filter(({ parent }) => parent === root);
  return children.reduce((sum, { pid }) => sum + ticksOfTree(stats, pid), own);
}

/** `VmRSS` of `/proc/<pid>/status`, in bytes. */
export function parseResidentMemory(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** The highest resident memory so far: `VmHWM`, in bytes. */
export function parsePeakMemory(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Milliseconds of processor time of each tree so far, by name. */
export function readCpu<Name extends string>(roots: Readonly<Record<Name, number>>): Record<Name, number> {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const line = readIfThere(`/proc/${pid}/stat`);
      return line === undefined ? [] : [parseStat(line)];
    });
  const times = Object.entries<number>(roots).map(([name, root]) => [
    name,
    (ticksOfTree(stats, root) * 1000) / ticksPerSecond(),
  ]);
  return Object.fromEntries(times) as Record<Name, number>;
}

/** Resident memory of one process in bytes. */
export function readResidentMemory(pid: number): number {
  return parseResidentMemory(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** The highest resident memory of one process so far, in bytes. */
export function readPeakMemory(pid: number): number {
  return parsePeakMemory(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Undefined for a process that ended meanwhile. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}
