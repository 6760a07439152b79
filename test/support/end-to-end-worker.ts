/** Worker processes that may be killed, with deadlines of seconds: they start orders too, so theirs have to be the stack's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Stack } from '../../src/cli/dev-stack';
import { policiesOf, policyVariables } from '../../src/policy-config';
import { testTarget } from './temporal';

const WORKER = resolve(__dirname, '../../dist/src/worker.js');

/** Every wait ends in a question after seconds, and some of the orders are so long that they continue as new. */
const SHORT_POLICIES = {
  POLICY_PLACED_GRACE: '3s',
  POLICY_PREDECESSOR_GRACE: '2s',
  POLICY_HISTORY_EVENTS_PER_RUN: '120',
  POLICY_NEW_DEADLINE: '3s',
  POLICY_PROCESSING_DEADLINE: '3s',
  POLICY_PARTS_DEADLINE: '2s',
  POLICY_CANCEL_DEADLINE: '2s',
  POLICY_QUIET: '500ms',
  POLICY_SLOWEST_QUESTION: '6s',
  POLICY_QUESTION_SPREAD: '1s',
};

export function shortPolicies(): ReturnType<typeof policiesOf> {
  return policiesOf(z.object(policyVariables).parse(SHORT_POLICIES));
}

export interface HardyWorkers {
  /** Resolves when a further process polls. */
  start(): Promise<void>;
  /** SIGKILL for the process that was started first of those that run. */
  killOne(): Promise<void>;
  stopAll(): Promise<void>;
}

export async function hardyWorkers(stack: Stack): Promise<HardyWorkers> {
  if (!existsSync(WORKER)) throw new Error(`${WORKER} is missing. Run "npm run build" first.`);
  const directory = await mkdtemp(join(tmpdir(), 'portfolio-order-coordinator-worker-'));
  const keyFile = join(directory, 'upvest.key');
  const { upvest, esw, order, orderTaskQueue } = stack.config;
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
    ORDER_TASK_QUEUE: orderTaskQueue,
    UPVEST_TASK_QUEUE: order.brokerTaskQueue,
    ...SHORT_POLICIES,
  };
  const running: ((signal: NodeJS.Signals) => Promise<unknown>)[] = [];

  return {
    async start() {
      const child = spawn(process.execPath, [WORKER], { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const gone = once(child, 'exit');
      let said = '';
      const runs = new Promise<true>((resolved) => {
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('worker runs')) resolved(true);
        });
      });
      const started = await Promise.race([runs, gone.then(() => false)]);
      if (!started) throw new Error(`The worker process ended:\n${said}`);
      running.push((signal) => {
        child.kill(signal);
        return gone;
      });
    },
    async killOne() {
      await running.shift()?.('SIGKILL');
    },
    async stopAll() {
      await Promise.all(running.splice(0).map((end) => end('SIGTERM')));
      await rm(directory, { recursive: true });
    },
  };
}
