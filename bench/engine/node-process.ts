/** A Node.js process of one of the compared sides. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { distFolder } from '../../src/temporal/workflow-bundle';
import { freePort } from '../../src/lib/free-port';
import { startSupervised } from '../../tools/temporal-server/supervised-process';
import { usedHeap } from './heap';

export interface NodeProcess {
  pid: number;
  /** The text that said that it is ready. */
  ready: string;
  /** The last lines of its log. */
  lastWords(): string;
  /** Heap in use in all of its threads after a collection, bytes. */
  usedHeap(): Promise<number>;
  /** Asks it to end, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface NodeProcessOptions {
  /** Path below `dist`. */
  script: string;
  env: Record<string, string>;
  /** A folder without `.env`. */
  cwd: string;
  /** What it writes to stderr when it is ready. */
  readyWhen: RegExp;
  /** Folder for its CPU profiles, one for each thread, which Node.js writes at the end. */
  cpuProf?: string | undefined;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;

/** @throws Error with its last words */
export async function startNode({
  script,
  env,
  cwd,
  readyWhen,
  cpuProf,
}: NodeProcessOptions): Promise<NodeProcess> {
  const profiling = cpuProf === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', cpuProf];
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const child = startSupervised(
    process.execPath,
    [`--inspect-port=127.0.0.1:${port}`, ...profiling, join(distFolder(), script)],
    STOP_LIMIT_MS,
    { env: { PATH, HOME, ...env }, cwd },
  );
  for (const startedAt = Date.now(); ;) {
    const ready = readyWhen.exec(child.lastWords())?.[0];
    const { pid } = child;
    if (ready !== undefined && pid !== undefined)
      return {
        ...{ pid, ready, usedHeap: () => usedHeap(pid, port) },
        stop: () => child.stop(),
        lastWords: () => child.lastWords(),
      };
    if (child.endedWith() !== undefined || Date.now() - startedAt > START_LIMIT_MS) {
      await child.stop();
      throw new Error(`${script} did not start:\n${child.lastWords()}`);
    }
    await sleep(20);
  }
}
