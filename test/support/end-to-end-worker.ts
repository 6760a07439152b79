/** Worker processes that may be killed, with deadlines of seconds, the same as the stack's, since both start orders. */
import { z } from 'zod';
import type { Stack } from '../../demo/stack';
import { policiesOf, policyVariables } from '../../src/config/policies';
import { workerProcesses, type WorkerProcess } from './worker-process';

/** Every deadline triggers a reconciliation after seconds, and some of the orders are long enough to continue as new. */
export const SHORT_POLICIES = {
  POLICY_PLACED_GRACE: '3s',
  POLICY_PREDECESSOR_GRACE: '2s',
  POLICY_HISTORY_EVENTS_PER_RUN: '120',
  POLICY_NEW_DEADLINE: '3s',
  POLICY_PROCESSING_DEADLINE: '3s',
  POLICY_PARTS_DEADLINE: '2s',
  POLICY_CANCEL_DEADLINE: '2s',
  POLICY_TRADING_HOURS: 'off',
  POLICY_QUIET: '500ms',
  POLICY_SLOWEST_QUESTION: '6s',
  POLICY_QUESTION_SPREAD: '1s',
};

export function shortPolicies(): ReturnType<typeof policiesOf> {
  return policiesOf(z.object(policyVariables).parse(SHORT_POLICIES));
}

export interface RestartableWorkers {
  /** Resolves when a further process polls. */
  start(): Promise<void>;
  /** SIGKILL for the process that was started first of those that run. */
  killOne(): Promise<void>;
  stopAll(): Promise<void>;
}

export async function restartableWorkers(stack: Stack): Promise<RestartableWorkers> {
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
