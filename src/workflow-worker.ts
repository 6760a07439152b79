/**
 * The Worker that runs workflows. Its cache cannot shrink, so if orders take more memory than most, it is replaced by a Worker with a
 * smaller one. Workflows that it held are read again from their histories, at their next message.
 */
import type { Worker } from '@temporalio/worker';
import { cachedAfter, MIB } from './worker-memory';

/** The methods of the SDK's Worker that are used. */
export type ReplaceableWorker = Pick<Worker, 'getState' | 'shutdown'> & {
  run(): Promise<void>;
  getStatus(): Pick<ReturnType<Worker['getStatus']>, 'numCachedWorkflows'>;
};

export interface WorkflowWorkerOptions {
  create: (cachedWorkflows: number) => Promise<ReplaceableWorker>;
  /** Workflows that the first Worker caches. */
  cachedWorkflows: number;
  /** Memory that the process may use, bytes. */
  memory: number;
  warn: (fields: object, message: string) => void;
  /** Default: of this process. */
  residentMemory?: () => number;
  /** Default: 10 s. */
  lookEveryMs?: number;
}

/** What serves one role of the process. */
export interface RoleWorker {
  /** Resolves after {@link shutdown}; rejects when it fails. */
  run(): Promise<void>;
  /** May be called again, and after the end. */
  shutdown(): void;
  isRunning(): boolean;
}

export async function createWorkflowWorker({
  create,
  cachedWorkflows,
  memory,
  warn,
  residentMemory = () => process.memoryUsage.rss(),
  lookEveryMs = 10_000,
}: WorkflowWorkerOptions): Promise<RoleWorker> {
  let cached = cachedWorkflows;
  let worker = await create(cached);
  let isStopped = false;

  /** Ends the Worker if the memory is nearly used up. */
  const look = (): void => {
    const resident = residentMemory();
    const held = worker.getStatus().numCachedWorkflows;
    const fewer = cachedAfter({ resident, memory, held, cached });
    if (fewer === undefined || worker.getState() !== 'RUNNING') return;
    const mebibytes = { residentMiB: Math.round(resident / MIB), memoryMiB: Math.round(memory / MIB) };
    warn(
      { ...mebibytes, heldWorkflows: held, cachedWorkflows: fewer },
      'Memory is nearly used up; a Worker that caches fewer workflows takes over',
    );
    cached = fewer;
    worker.shutdown();
  };

  return {
    async run() {
      for (;;) {
        const timer = setInterval(look, lookEveryMs);
        const running = worker.run();
        // The stop came while the Worker was created.
        if (isStopped) worker.shutdown();
        await running.finally(() => {
          clearInterval(timer);
        });
        if (isStopped) return;
        worker = await create(cached);
      }
    },
    shutdown() {
      isStopped = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    isRunning: () => worker.getState() === 'RUNNING',
  };
}
