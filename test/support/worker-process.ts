/** The real worker process, as it is deployed, for tests that kill it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Stack } from '../../demo/stack';
import { testTarget } from './temporal';

const WORKER = resolve(__dirname, '../../dist/src/worker.js');

export interface WorkerProcess {
  /** URL of its admin address. */
  admin: string;
  /** Resolves when the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface WorkerProcesses {
  /** Resolves when a further process polls. */
  start(): Promise<WorkerProcess>;
  stopAll(): Promise<void>;
}

/** How to kill a worker that may run these workflows. */
export type Kill = (worker: WorkerProcess, workflowIds: string[]) => Promise<void>;

/** Starts worker processes for the task queues of a stack, configured by environment variables alone, `more` among them. */
export async function workerProcesses(
  stack: Stack,
  more: Readonly<Record<string, string>> = {},
): Promise<WorkerProcesses> {
  if (!existsSync(WORKER))
    throw new Error(`${WORKER} is missing. Run "npm run build" first; "npm test" does.`);
  const directory = await mkdtemp(join(tmpdir(), 'portfolio-order-coordinator-worker-'));
  const keyFile = join(directory, 'upvest.key');
  const { upvest, esw, order, orderTaskQueue, databaseUrl } = stack.config;
  await writeFile(keyFile, upvest.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { address, namespace } = testTarget();
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    UPVEST_BASE_URL: upvest.baseUrl,
    UPVEST_CLIENT_ID: upvest.clientId,
    UPVEST_CLIENT_SECRET: upvest.clientSecret,
    UPVEST_KEY_ID: upvest.keyId,
    UPVEST_PRIVATE_KEY_FILE: keyFile,
    ESW_BASE_URL: esw.baseUrl,
    ESW_TOKEN_URL: esw.tokenUrl,
    ESW_CLIENT_ID: esw.clientId,
    ESW_CLIENT_SECRET: esw.clientSecret,
    ESW_SCOPE: esw.scope,
    ESW_TENANT_CODE: order.emission.tenantCode,
    DATABASE_URL: databaseUrl,
    ORDER_TASK_QUEUE: orderTaskQueue,
    UPVEST_TASK_QUEUE: order.brokerTaskQueue,
    ESW_TASK_QUEUE: order.emissionTaskQueue ?? orderTaskQueue,
    ADMIN_PORT: '0',
    ...more,
  };
  const running = new Set<WorkerProcess>();

  return {
    async start() {
      // In a folder without `.env`: that of a developer, in the root, must not get into the tests.
      const child = spawn(process.execPath, [WORKER], {
        cwd: directory,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const gone = once(child, 'exit');
      const admin = await new Promise<string>((started, failed) => {
        let said = '';
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const running = /"admin":"([^"]+)".*worker is running/.exec(said);
          if (running) started(running[1] ?? '');
        });
        void gone.then(() => {
          failed(new Error(`The worker process ended:\n${said}`));
        });
      });
      const worker: WorkerProcess = {
        admin,
        async kill(signal) {
          running.delete(worker);
          child.kill(signal);
          await gone;
        },
      };
      running.add(worker);
      return worker;
    },
    async stopAll() {
      await Promise.all([...running].map((worker) => worker.kill('SIGTERM')));
      await rm(directory, { recursive: true });
    },
  };
}
