/**
 * Worker processes die by SIGKILL while placing and tracking. `test/soak/crash.test.ts` waits for Temporal's own timeouts; here the
 * tests trigger them. A worker that dies while it sends events, to an ESW that fails, is in `test/soak/emission-end-to-end.test.ts`.
 */
import { useEmissionStack } from '../support/emission-stack';
import { missWorkerOf } from '../support/engine-waits';
import type { Kill, WorkerProcess } from '../support/worker-process';
import { crashSuite } from './crash.suite';

const parts = useEmissionStack();

/** Nothing reaches the workflows of the dead worker before its timeouts have been triggered. */
const kill: Kill = async (worker, workflowIds) => {
  const { upvest, client } = parts().stack;
  upvest.control.holdWebhooks();
  await worker.kill('SIGKILL');
  await missWorkerOf(client, workflowIds);
  await upvest.control.releaseWebhooks();
};

let worker: WorkerProcess;
beforeAll(async () => {
  worker = await parts().workers.start();
});

describe('an order that was', () => {
  crashSuite(parts, () => worker, kill);
});
