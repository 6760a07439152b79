/** What overtakes what in a task queue: on the real server, with one slot, and as the workflows ask for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { buildWorkflowBundle } from '../../tools/bundle';
import { historyOf } from '../support/history';
import { newlyPlaced } from '../support/placed-order';
import { newPlacement } from '../support/placement-under-test';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, testClient, testConnection, testTarget, uniqueName } from '../support/temporal';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import { reconcileUpdate } from '../../contracts/portfolio-order';
import { placementWorkflowId } from '../../contracts/placement';
import type { callMany, Kind } from './priority-workflow';

afterAll(closeTemporal);

describe('with 300 reads that wait for one slot', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'priorities-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('cancels, POSTs and what has no priority overtake them; sweeps and parked events go last', async () => {
    const codePath = join(directory, 'bundle.js');
    await buildWorkflowBundle(require.resolve('./priority-workflow'), codePath);
    const taskQueue = uniqueName('priorities');
    const began: Kind[] = [];
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const common = { connection: await testConnection(), namespace: testTarget().namespace, taskQueue };
    const workflows = await Worker.create({ ...common, workflowBundle: { codePath } });
    const slot = await Worker.create({
      ...common,
      maxConcurrentActivityTaskExecutions: 1,
      activities: {
        work: async (kind: Kind) => {
          began.push(kind);
          await held;
        },
      },
    });
    const running = [workflows.run(), slot.run()];
    const start = (kind: Kind, count: number) =>
      testClient().workflow.start<typeof callMany>('callMany', {
        taskQueue,
        workflowId: uniqueName('priorities'),
        args: [{ kind, count }],
      });
    const scheduled = async (workflowId: string): Promise<number> =>
      (await historyOf(testClient(), workflowId)).filter(({ activityTaskScheduledEventAttributes: it }) => it)
        .length;

    const handles = [await start('read', 300)];
    await until('a read to hold the slot', () => began.length === 1);
    const later: [Kind, number][] = [
      ['background', 2],
      ['other', 2],
      ['place', 2],
      ['cancel', 2],
    ];
    for (const [kind, count] of later) {
      const handle = await start(kind, count);
      await until(`${kind} to wait`, async () => (await scheduled(handle.workflowId)) === count);
      handles.push(handle);
    }
    release?.();
    await Promise.all(handles.map((handle) => handle.result()));
    for (const worker of [workflows, slot]) worker.shutdown();
    await Promise.all(running);

    // The server spreads a queue over four partitions, each in its own order, and polls reach one of them by chance: some reads
    // come in between.
    const last = (kind: Kind): number => began.lastIndexOf(kind);
    expect(Math.max(last('cancel'), last('place'), last('other'))).toBeLessThan(75);
    expect(began.indexOf('background')).toBeGreaterThan(100);
  });
});

describe('the workflows ask for', () => {
  let worker: StubWorker;
  beforeAll(async () => {
    worker = await startStubWorker();
  });
  afterAll(() => worker.stop());

  /** Priorities of a workflow's activities, by name; 0 is none. */
  async function prioritiesOf(workflowId: string): Promise<Record<string, number>> {
    const scheduled = (await historyOf(worker.client, workflowId)).flatMap(
      ({ activityTaskScheduledEventAttributes: it }) => (it ? [it] : []),
    );
    return Object.fromEntries(
      scheduled.map(({ activityType, priority }) => [activityType?.name ?? '', priority?.priorityKey ?? 0]),
    );
  }

  it('1 for a cancel and 4 for reads of an order', async () => {
    const { order } = await newlyPlaced(worker);
    await until('the first event', () => order.calls('emitOrderEvents').length > 0);
    await order.decide(reconcileUpdate);
    await until('the read', () => order.calls('readPortfolioOrder').length > 0);
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await order.decide(cancelUpdate);
    await until('the cancel', () => order.calls('cancelPortfolioOrder').length > 0);
    expect(await prioritiesOf(order.handle.workflowId)).toMatchObject({
      cancelPortfolioOrder: 1,
      readPortfolioOrder: 4,
      emitOrderEvents: 0,
    });
  });

  it('2 for a POST and for the placement itself, which a client waits for', async () => {
    const placement = newPlacement(worker);
    await placement.start();
    await placement.handle.result();
    const workflowId = placementWorkflowId(placement.reference);
    expect(await prioritiesOf(workflowId)).toMatchObject({ placeAtBroker: 2 });
    const [started] = await historyOf(worker.client, workflowId);
    expect(started?.workflowExecutionStartedEventAttributes?.priority?.priorityKey).toBe(2);
  });
});
