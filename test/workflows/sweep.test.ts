/** How the sweep proceeds: page by page, with a second look at what differs. */
import type { SweepInput, SweepPlan, SweepResult, SweepWorkflow } from '../../contracts/sweep';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, uniqueName } from '../support/temporal';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const [since, until] = ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z'];

/** Two days, of which the second one has two pages. */
async function sweep(
  more: Partial<SweepInput>,
  suspects: number[],
): Promise<{ result: SweepResult; calls: string[] }> {
  const workflowId = uniqueName('sweep');
  const calls: string[] = [];
  const left = [...suspects];
  worker.script(workflowId, 'beginSweep', ({ sweepId, ...input }) => {
    const plan: SweepPlan = {
      id: sweepId,
      since,
      until,
      graceMs: input.graceMs,
      days: ['2026-03-01', '2026-03-02'],
    };
    return { ...plan, ...(input.import && { import: input.import }) };
  });
  worker.script(workflowId, 'sweepPage', ({ day, offset }) => {
    calls.push(`page ${day} ${offset}`);
    return { orders: 2, ...(day === '2026-03-02' && offset === 0 && { next: 2 }) };
  });
  worker.script(workflowId, 'sweepUnlisted', ({ after }) => {
    calls.push(`unlisted ${after}`);
    return { suspects: 0, ...(after === '' && { after: 'an-id' }) };
  });
  worker.script(workflowId, 'countSuspects', () => left.shift() ?? 0);
  worker.script(workflowId, 'checkSuspects', () => {
    calls.push('check');
    return left.shift() ?? 0;
  });
  worker.script(workflowId, 'endSweep', ({ sweep: { id } }) => {
    calls.push('end');
    return { sweepId: id, since, until, orders: 6, breaks: 1, repaired: 0, changing: 0 };
  });
  const input: SweepInput = { brokerTaskQueue: worker.taskQueue, graceMs: 1_500, ...more };
  const handle = await worker.client.workflow.start<SweepWorkflow>('reconciliationSweep', {
    workflowId,
    taskQueue: worker.taskQueue,
    args: [input],
  });
  return { result: await handle.result(), calls };
}

const pages = ['page 2026-03-01 0', 'page 2026-03-02 0', 'page 2026-03-02 2'];

it('lists every page of every day, and ends where nothing differs', async () => {
  const { result, calls } = await sweep({}, [0]);
  expect(calls).toEqual([...pages, 'unlisted ', 'unlisted an-id', 'end']);
  expect(result).toMatchObject({ since, until, orders: 6, breaks: 1 });
});

it('reads what differs once more after the grace, until none is left', async () => {
  const begun = Date.now();
  const { calls } = await sweep({}, [70, 20, 0]);
  expect(calls).toEqual([...pages, 'unlisted ', 'unlisted an-id', 'check', 'check', 'end']);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1_500);
});

it('an import compares nothing but what it lists, and does not wait', async () => {
  const { calls } = await sweep({ graceMs: 3_600_000, import: { emit: 'none', dryRun: true } }, [1, 0]);
  expect(calls).toEqual([...pages, 'check', 'end']);
});
