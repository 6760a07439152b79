/**
 * Worker processes die by SIGKILL while sending events, placing and tracking. `test/soak` does the same with more orders,
 * and waits for Temporal's own timeouts; here the tests trigger them.
 */
import { useEmissionStack } from '../support/emission-stack';
import { missWorkerOf } from '../support/engine-waits';
import type { Kill, WorkerProcess } from '../support/worker-process';
import { crashSuite } from './crash.suite';
import { emissionUnderFailureSuite } from './emission-under-failure.suite';

/**
 * Its first eight orders: a rebalancing, a cancel in PROCESSING, an execution ahead of its order, settled ahead of
 * PROCESSING, cancelled with filled children, a child cancelled by the partner, mistrades, and one without incident.
 */
const SEED = 56;

const parts = useEmissionStack();

/** Nothing reaches the workflows of the dead worker before its timeouts have been triggered. */
const kill: Kill = async (worker, workflowIds) => {
  const { upvest, client } = parts().stack;
  upvest.control.holdWebhooks();
  await worker.kill('SIGKILL');
  await missWorkerOf(client, workflowIds);
  await upvest.control.releaseWebhooks();
};

let worker: () => WorkerProcess;

describe('while ESW fails, too', () => {
  worker = emissionUnderFailureSuite(parts, {
    seed: SEED,
    orders: 8,
    outage: { after: 20, ms: 1_000 },
    kill,
  });
  afterAll(() => {
    parts().stack.esw.control.clearFaults();
  });
});

describe('an order that was', () => {
  crashSuite(parts, () => worker(), kill);
});
