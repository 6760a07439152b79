/** What a reference does for as long as the registry has it: Temporal may forget its placement, or never have had it. */
import { ApplicationFailure } from '@temporalio/common';
import { createOrderReader, type OrderStatusView } from '../../../src/app/orders/read';
import { createSubmissions, type Submissions } from '../../../src/app/orders/submit';
import { claimOf } from '../../../src/app/placements/claim';
import { markUnstarted } from '../../../src/app/placements/unstarted';
import { RecordsUnavailable } from '../../../src/app/ports/records-unavailable';
import type { Registry } from '../../../src/app/ports/registry';
import { connectRecords } from '../../../src/records/connect';
import {
  createPlacementRowActivities,
  createPlacementRows,
} from '../../../activities/placement/placement-rows';
import { createRegistry } from '../../../src/records/registry/registry';
import { UpvestRefused } from '../../../src/upvest/client/errors';
import { newPlacement, type PlacementUnderTest } from '../../support/placement-under-test';
import { forget } from '../../support/forgotten';
import { startMigratedDatabase, type TestDatabase } from '../../support/records';
import { startStubWorker, type StubWorker } from '../../support/stub-worker';
import { closeTemporal } from '../../support/temporal';
import { awayRegistry } from '../../support/registry';
import { placementWorkflowId, type PlacementWorkflow } from '../../../contracts/placement';

let worker: StubWorker;
let database: TestDatabase;
/** Two processes, each with connections of its own. */
let pools: ReturnType<typeof connectRecords>[];
beforeAll(async () => {
  worker = await startStubWorker();
  database = await startMigratedDatabase();
  pools = [connectRecords(database.url), connectRecords(database.url)];
});
afterAll(async () => {
  await worker.stop();
  for (const pool of pools) await pool.destroy();
  await database.stop();
  await closeTemporal();
});

const registryOf = (process: number): Registry => {
  const pool = pools[process];
  if (pool === undefined) throw new Error(`There is no process ${process}`);
  return createRegistry(pool);
};
const submissionsOf = (placement: PlacementUnderTest, registry = registryOf(0)): Submissions =>
  createSubmissions(worker.client, worker.taskQueue, placement.input.order, registry);

/** A placement whose activities keep its row, as the real ones do. */
function registered(options: Parameters<typeof newPlacement>[1] = {}): PlacementUnderTest {
  const placement = newPlacement(worker, options);
  const rows = createPlacementRows(registryOf(0));
  placement.script('placeAtBroker', async (input) => {
    await rows.beginPost(input);
    const savedAt = await rows.placed(input, placement.asNew);
    return { ...(await placement.answered(input)), ...(savedAt !== undefined && { savedAt }) };
  });
  const activities = createPlacementRowActivities(registryOf(0));
  placement.script('savePlacement', (save) => activities.savePlacement(save));
  return placement;
}

it('100 submits of two processes at once start one placement (15.2)', async () => {
  const placement = registered();
  const { reference, input } = placement;
  const [one, other] = [submissionsOf(placement, registryOf(0)), submissionsOf(placement, registryOf(1))];
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? one : other).submit(reference, input.request),
    ),
  );
  expect(answers.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
  expect(answers.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(99);
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  expect(placement.calls('placeAtBroker')).toHaveLength(1);
  expect(placement.calls('savePlacement')).toEqual([]);
});

/** Slow: the server takes half a minute to delete a workflow. */
describe('once Temporal has forgotten the placement,', () => {
  const refusing = (name: string): void => {
    const rows = createPlacementRows(registryOf(0));
    worker.script(placementWorkflowId(name), 'placeAtBroker', async (input) => {
      throw await rows.refused(input, new UpvestRefused('no money', { status: 422 }));
    });
  };
  const reader = () => createOrderReader(worker.client, { registry: registryOf(1) });
  const otherThan = ({ input }: PlacementUnderTest) => ({ ...input.request, cashAmount: '1000.01' });

  let placed: PlacementUnderTest;
  let rejected: PlacementUnderTest;
  let unregistered: PlacementUnderTest;
  let before: OrderStatusView | undefined;
  beforeAll(async () => {
    placed = registered();
    await submissionsOf(placed).submit(placed.reference, placed.input.request, 'shop');
    rejected = registered();
    refusing(rejected.reference);
    await submissionsOf(rejected).submit(rejected.reference, rejected.input.request);
    unregistered = newPlacement(worker);
    await unregistered.start();
    for (const placement of [placed, rejected, unregistered]) await placement.handle.result();

    // As after an update, or for a records database that was lost: Temporal has what the registry lacks.
    const submissions = submissionsOf(unregistered);
    const { reference, input } = unregistered;
    expect(await submissions.submit(reference, otherThan(unregistered))).toMatchObject({
      outcome: 'conflict',
    });
    expect(await submissions.submit(reference, input.request)).toMatchObject({ outcome: 'repeated' });

    before = await reader().read(placed.reference);
    const names = [placed, rejected, unregistered].map(({ reference }) => placementWorkflowId(reference));
    await forget(worker.client, ...names);
  });

  it('the same request answers the same order, and another one is a conflict (15.2)', async () => {
    const { reference, input, order } = placed;
    const submissions = submissionsOf(placed);
    expect(await submissions.submit(reference, input.request)).toEqual({
      ...{ outcome: 'repeated', name: reference },
    });
    expect(await submissions.submit(reference, otherThan(placed))).toMatchObject({ outcome: 'conflict' });
    expect(placed.calls('placeAtBroker')).toHaveLength(1);
    expect(await submissions.submitterOf(reference)).toBe('shop');

    const after = await reader().read(reference);
    expect(after?.portfolioOrderId).toBe(order.id);
    const { userId: _, ...request } = input.request;
    expect(JSON.stringify(after?.placement)).toBe(JSON.stringify({ ...before?.placement, request }));
    expect((await reader().timeline(reference))?.entries.length).toBeGreaterThan(0);
  });

  it('a rejected request takes a correction, and stays what it was (15.2)', async () => {
    const { reference, input } = rejected;
    const submissions = submissionsOf(rejected);
    expect(await submissions.submit(reference, input.request)).toMatchObject({ outcome: 'repeated' });
    const name = `${reference}~2`;
    refusing(name);
    expect(await submissions.submit(reference, otherThan(rejected))).toEqual({ outcome: 'started', name });
    await worker.client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(name)).result();
    expect(await submissions.submit(reference, otherThan(rejected))).toEqual({ outcome: 'repeated', name });
    expect(await reader().read(reference)).toMatchObject({
      phase: 'REFUSED',
      placement: { resubmittedAs: name },
    });
    expect(rejected.calls('placeAtBroker')).toHaveLength(1);
    expect(rejected.calls('savePlacement')).toEqual([]);
  });

  it('a placement that was registered after its end is as one that was registered before (15.5)', async () => {
    const { reference, input, order } = unregistered;
    const submissions = submissionsOf(unregistered);
    expect(await submissions.submit(reference, otherThan(unregistered))).toMatchObject({
      outcome: 'conflict',
    });
    expect(await submissions.submit(reference, input.request)).toMatchObject({ outcome: 'repeated' });
    expect(await registryOf(0).read(reference)).toMatchObject({ portfolioOrderId: order.id });
  });
});

describe('a reference that was taken and not started, as after a crash,', () => {
  /** Takes the reference, as a process that crashes before it starts the placement. */
  async function crashed(requestedAt: Date): Promise<PlacementUnderTest> {
    const placement = registered({ requestedAt });
    await registryOf(0).claim(claimOf(placement.input, { submitter: 'shop' }));
    return placement;
  }

  it('is started by the same request, with the first submitter (15.2)', async () => {
    const placement = await crashed(new Date());
    const { reference, input } = placement;
    const submissions = submissionsOf(placement);
    expect(await submissions.submit(reference, { ...input.request, side: 'SELL' })).toMatchObject({
      outcome: 'conflict',
    });
    expect(await submissions.submit(reference, input.request, 'other')).toMatchObject({ outcome: 'started' });
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    expect(await submissions.submitterOf(reference)).toBe('shop');
    expect(placement.calls('findPlacedOrder')).toEqual([]);
  });

  it('looks at Upvest before it POSTs when it starts late (15.2, 15.5)', async () => {
    const requestedAt = new Date(Date.now() - 3 * 60 * 60_000);
    const placement = await crashed(requestedAt);
    const { reference, input, asNew } = placement;
    placement.script('findPlacedOrder', () => asNew);
    await submissionsOf(placement).submit(reference, input.request);
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    expect(placement.calls('placeAtBroker')).toEqual([]);
    expect(placement.calls('findPlacedOrder')[0]?.input).toMatchObject({
      lookSince: requestedAt.toISOString(),
    });
    // Its end is in its row all the same.
    expect(await registryOf(0).read(reference)).toMatchObject({ portfolioOrderId: asNew.id });
  });

  it('POSTs when Upvest has no such order, and Upvest’s rejection is final (15.5)', async () => {
    const placement = await crashed(new Date(Date.now() - 3 * 60 * 60_000));
    const { reference, input } = placement;
    placement.script('findPlacedOrder', () => undefined);
    placement.script('placeAtBroker', () => {
      throw ApplicationFailure.nonRetryable('422', 'PlacementRefused', { status: 422 });
    });
    await submissionsOf(placement).submit(reference, input.request);
    expect(await placement.handle.result()).toMatchObject({ outcome: 'refused' });
    const [post, ...more] = placement.calls('placeAtBroker');
    expect(more).toEqual([]);
    expect(post?.input).toMatchObject({ searchedAt: expect.any(Number) as number });
    expect(post?.input).not.toHaveProperty('mayHavePlaced');
  });

  it('is marked by the sweep, shown, and started by the next submit (15.2)', async () => {
    const placement = await crashed(new Date(Date.now() - 10 * 60_000));
    const running = await crashed(new Date(Date.now() - 10 * 60_000));
    await running.start();
    const marked = await markUnstarted(worker.client, registryOf(0), new Date(Date.now() - 60_000));
    expect(marked).toContain(placement.reference);
    expect(marked).not.toContain(running.reference);
    expect(await registryOf(0).read(running.reference)).toHaveProperty('startedAt');

    const { reference, input } = placement;
    const reader = createOrderReader(worker.client, { registry: registryOf(0) });
    expect(await reader.read(reference)).toMatchObject({
      phase: 'NOT_STARTED',
      placement: { waitingFor: expect.stringMatching(/submitted again/) as string },
    });
    placement.script('findPlacedOrder', () => undefined);
    expect(await submissionsOf(placement).submit(reference, input.request)).toMatchObject({
      outcome: 'started',
    });
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  });
});

it('a placement that Temporal lost before its end is looked up after the next submit, and never POSTs (15.5)', async () => {
  const placement = registered();
  const { reference, input, asNew } = placement;
  const submissions = submissionsOf(placement);
  await registryOf(0).claim(claimOf(input));
  await registryOf(0).started(reference);
  const reader = createOrderReader(worker.client, { registry: registryOf(0) });
  expect(await reader.read(reference)).toMatchObject({
    phase: 'PLACING',
    placement: { actions: [], waitingFor: expect.stringMatching(/no longer has the placement/) as string },
  });
  placement.script('findPlacedOrder', () => asNew);
  expect(await submissions.submit(reference, input.request)).toMatchObject({ outcome: 'repeated' });
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: asNew.id });
  expect(placement.calls('placeAtBroker')).toEqual([]);
  expect(await registryOf(0).read(reference)).toMatchObject({ portfolioOrderId: asNew.id });
});

it('nothing is started while the records database is away (15.2)', async () => {
  const placement = newPlacement(worker);
  const submissions = submissionsOf(placement, awayRegistry);
  await expect(submissions.submit(placement.reference, placement.input.request)).rejects.toThrow(
    RecordsUnavailable,
  );
  await expect(placement.handle.describe()).rejects.toThrow();
});
