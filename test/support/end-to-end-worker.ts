/** Worker processes that may be killed, with deadlines of seconds: they start orders too, so theirs have to be the stack's. */
import { z } from 'zod';
import type { Stack } from '../../src/cli/dev-stack';
import { policiesOf, policyVariables } from '../../src/policy-config';
import { workerProcesses, type WorkerProcess } from './worker-process';

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
  const workers = await workerProcesses(stack, SHORT_POLICIES);
  const running: WorkerProcess[] = [];
  return {
    async start() {
      running.push(await workers.start());
    },
    async killOne() {
      await running.shift()?.kill('SIGKILL');
    },
    stopAll: () => workers.stopAll(),
  };
}
