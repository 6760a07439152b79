/** A stack whose orders have an event for each status of each child and execution, processed by workers that may die. */
import { z } from 'zod';
import type { Stack } from '../../demo/stack';
import { policiesOf, policyVariables } from '../../src/config/policies';
import { startTestStack } from './stack';
import { closeTemporal } from './temporal';
import { workerProcesses, type WorkerProcesses } from './worker-process';

/** Grace times that a busy machine does not exceed. Deadlines are far off: nothing is lost, so no order needs polling. */
const POLICIES = { POLICY_PLACED_GRACE: '3s', POLICY_PREDECESSOR_GRACE: '5s', POLICY_QUIET: '500ms' };
const PACE = {
  processAfterMs: 300,
  childSpacingMs: 30,
  fillAfterMs: 200,
  settleAfterMs: 1_000,
  settledAheadMs: 300,
  cancelAfterMs: 100,
  secondMs: 50,
};

interface EmissionStack {
  stack: Stack;
  /** None runs to begin with. */
  workers: WorkerProcesses;
}

/** Registers the hooks of a test file; suites take the function, since there is no stack before tests run. */
export function useEmissionStack(): () => EmissionStack {
  let parts: EmissionStack | undefined;
  beforeAll(async () => {
    const { deadlines, ...policies } = policiesOf(z.object(policyVariables).parse(POLICIES));
    const stack = await startTestStack({
      eventDetail: 'executions',
      policies,
      deadlines,
      upvest: { pace: PACE, children: 3 },
    });
    await stack.stopWorker();
    parts = { stack, workers: await workerProcesses(stack, { ...POLICIES, ESW_EVENT_DETAIL: 'executions' }) };
  });
  afterAll(async () => {
    parts?.stack.upvest.control.clearFaults();
    parts?.stack.esw.control.clearFaults();
    await parts?.workers.stopAll();
    await parts?.stack.stop();
    await closeTemporal();
  });
  return () => {
    if (parts === undefined)
      throw new Error('The stack is started before tests, not while they are declared.');
    return parts;
  };
}
