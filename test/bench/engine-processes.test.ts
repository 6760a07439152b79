import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  parsePeakMemory,
  parseResidentMemory,
  parseStat,
  readCpu,
  readResidentMemory,
  ticksOfTree,
} from '../../bench/engine/processes';

/** A line of proc_pid_stat(5): fields 14 to 17 are utime, stime, cutime and cstime. */
const stat = (pid: number, name: string, parent: number, times: number[]): string =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 100 0 0 0 ${times.join(' ')} 20 0 1 0 100 1000 10`;

it('reads parent and ticks, whatever the name of the process', () => {
  expect(parseStat(stat(42, 'node', 7, [100, 20, 3, 1]))).toEqual({ pid: 42, parent: 7, ticks: 124 });
  expect(parseStat(stat(43, 'a) S 1 (b', 42, [1, 2, 0, 0]))).toEqual({ pid: 43, parent: 42, ticks: 3 });
});

it('adds up a process and all that descend from it, and nothing else', () => {
  const stats = [
    { pid: 1, parent: 0, ticks: 1000 },
    { pid: 10, parent: 1, ticks: 5 },
    { pid: 11, parent: 10, ticks: 7 },
    { pid: 12, parent: 11, ticks: 9 },
    { pid: 20, parent: 1, ticks: 100 },
  ];
  expect(ticksOfTree(stats, 10)).toBe(21);
  expect(ticksOfTree(stats, 99)).toBe(0);
});

it('reads resident memory and its peak in bytes', () => {
  const status = 'Name:\tnode\nVmHWM:\t  3072 kB\nVmRSS:\t   2048 kB\n';
  expect(parseResidentMemory(status)).toBe(2 * 1024 * 1024);
  expect(parsePeakMemory(status)).toBe(3 * 1024 * 1024);
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('sees the processor time of a child, which is part of its parent’s', async () => {
  const script = 'const end = Date.now() + 300; while (Date.now() < end); process.stdin.resume()';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    const pid = child.pid ?? 0;
    let used = 0;
    while (used < 50) used = readCpu({ child: pid }).child;
    expect(readResidentMemory(pid)).toBeGreaterThan(10 * 1024 * 1024);
    expect(readCpu({ us: process.pid, child: pid }).us).toBeGreaterThanOrEqual(used);
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
});
