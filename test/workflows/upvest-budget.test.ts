/** The workflow that shares Upvest's requests per second, on a real server. */
import { randomUUID } from 'node:crypto';
import { createSharedRate } from '../../src/app/upvest-rate';
import {
  leaseUpdate,
  upvestBudgetWorkflowId,
  type UpvestBudgetWorkflow,
} from '../../contracts/upvest-budget';
import { createRateLimiter, type AcquireSlot, type RateSource } from '../../src/upvest/client/rate-limiter';
import { historyOfAllRuns } from '../support/history';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { until } from '../support/until';

const BUDGET = 100;
let worker: StubWorker;
beforeEach(async () => {
  worker = await startStubWorker();
});
afterEach(() => worker.stop());
afterAll(closeTemporal);

const warnings: string[] = [];
function startProcess(): { rate: RateSource; turn: AcquireSlot } {
  const rate = createSharedRate(worker.client, {
    orderTaskQueue: worker.taskQueue,
    requestsPerSecond: BUDGET,
    warn: (_fields, message) => warnings.push(message),
  });
  return { rate, turn: createRateLimiter(rate) };
}
const many = async (turn: AcquireSlot, requests: number, signal?: AbortSignal): Promise<void> => {
  await Promise.all(Array.from({ length: requests }, () => turn(signal)));
};
/** Keeps requests waiting until the condition holds. */
async function untilUnderLoad(what: string, turn: AcquireSlot, isTrue: () => boolean): Promise<void> {
  const calls: AbortController[] = [];
  try {
    await until(what, () => {
      const call = new AbortController();
      calls.push(call);
      many(turn, 2, call.signal).catch(() => undefined);
      return isTrue();
    });
  } finally {
    for (const call of calls) call.abort();
  }
}
const handle = () =>
  worker.client.workflow.getHandle<UpvestBudgetWorkflow>(upvestBudgetWorkflowId(worker.taskQueue));

it('is started by the first process that needs it, and gives both their share', async () => {
  const [one, other] = [startProcess(), startProcess()];
  await many(one.turn, 8);
  expect(one.rate.perSecond()).toBe(10);
  await many(other.turn, 8);
  expect(other.rate.perSecond()).toBe(10);
  const events = await historyOfAllRuns(worker.client, upvestBudgetWorkflowId(worker.taskQueue));
  // The start, and for each lease a workflow task and an update: no timer, no activity.
  expect(events).toHaveLength(1 + 2 * (3 + 2));
});

it('outlives a cancellation, and refuses what makes no sense', async () => {
  await many(startProcess().turn, 3);
  await handle().cancel();
  await many(startProcess().turn, 3);
  expect((await handle().describe()).status.name).toBe('RUNNING');
  const senseless = { holder: 'x', wanted: -1, budget: BUDGET };
  await expect(handle().executeUpdate(leaseUpdate, { args: [senseless] })).rejects.toThrow();
});

it('goes on in a new run, which knows the leases of the one before', async () => {
  await many(startProcess().turn, 3);
  const { runId } = await handle().describe();
  const holder = randomUUID();
  const ask = () =>
    handle().executeUpdate(leaseUpdate, { args: [{ holder, wanted: 1_000, budget: BUDGET }] });
  await until('a new run', async () => {
    // More at once than the server takes of one workflow are refused.
    await Promise.allSettled(Array.from({ length: 10 }, ask));
    return (await handle().describe()).runId !== runId;
  });
  const share = await handle().executeUpdate(leaseUpdate, {
    args: [{ holder: randomUUID(), wanted: 1_000, budget: BUDGET }],
  });
  expect(share.requestsPerSecond).toBeLessThanOrEqual(20);
});

it('without workers a process keeps its lease to its end, and warns once', async () => {
  const { rate, turn } = startProcess();
  await many(turn, 8);
  await worker.pause();
  warnings.length = 0;
  const leased = performance.now() + 8_000;
  while (performance.now() < leased) await many(turn, 5);
  expect(rate.perSecond()).toBeGreaterThanOrEqual(10);
  await untilUnderLoad('the end of the lease', turn, () => rate.perSecond() === 2);
  expect(warnings).toEqual([expect.stringContaining('do not answer')]);
  await worker.resume();
  await untilUnderLoad('a new lease', turn, () => rate.perSecond() > 2);
});
