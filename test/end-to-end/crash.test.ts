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

test('the worker answers probes, with its own metrics and those of the SDK', async () => {
  const get = (path: string) => fetch(`${worker.admin}${path}`);
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  expect(await (await get('/version')).json()).toMatchObject({ process: 'worker' });
  const text = await (await get('/metrics')).text();
  for (const name of ['build_info{process="worker"', 'nodejs_eventloop_lag_seconds', 'temporal_num_pollers{'])
    expect(text).toContain(name);
});

describe('an order that was', () => {
  crashSuite(parts, () => worker, kill);
});
