/** What a reference does whose request was certainly not placed in time. */
import { ApplicationFailure } from '@temporalio/common';
import { createSubmissions } from '../../../src/app/orders/submit';
import { PLACEMENT_STOPPED } from '../../../src/domain/broker/placement-stop';
import { placementWorkflowId, type PlacementWorkflow } from '../../../contracts/placement';
import { createRegistry } from '../../../src/records/registry/registry';
import { useRecords } from '../../support/records';
import { newPlacement, type PlacementUnderTest } from '../../support/placement-under-test';
import { startStubWorker, type StubWorker } from '../../support/stub-worker';
import { closeTemporal } from '../../support/temporal';

const records = useRecords();
let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** A placement whose last POST got a certain "no" at the end of its hour. */
async function notPlacedInTime(): Promise<PlacementUnderTest> {
  const placement = newPlacement(worker, { requestedAt: new Date(Date.now() - 60 * 60_000) });
  placement.script('placeAtBroker', () => {
    throw ApplicationFailure.create({
      type: PLACEMENT_STOPPED,
      nonRetryable: true,
      details: [{ mayHavePlaced: false, why: 'busy', problem: { status: 429 } }],
    });
  });
  await placement.start();
  expect(await placement.handle.result()).toMatchObject({ outcome: 'refused', problem: { retryable: true } });
  return placement;
}

test('takes the same request again, as its next attempt, once (14.5)', async () => {
  const { reference, input } = await notPlacedInTime();
  const submissions = createSubmissions(
    worker.client,
    worker.taskQueue,
    input.order,
    createRegistry(records()),
  );
  const name = `${reference}~2`;
  worker.script(placementWorkflowId(name), 'placeAtBroker', () => {
    throw ApplicationFailure.nonRetryable('400', 'PlacementRefused', { status: 400 });
  });

  expect(await submissions.submit(reference, input.request)).toEqual({ outcome: 'started', name });
  const again = worker.client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(name));
  expect(await again.result()).toMatchObject({ view: { attempt: 2, correctionOf: reference } });
  const [call] = worker.calls(placementWorkflowId(name), 'placeAtBroker');
  expect(call?.input).toMatchObject({ reference, attempt: 2, request: input.request });

  // Rejected by Upvest now: only a corrected request is another attempt.
  expect(await submissions.submit(reference, input.request)).toEqual({ outcome: 'repeated', name });
});

test('takes another request, too (14.5)', async () => {
  const { reference, input } = await notPlacedInTime();
  const submissions = createSubmissions(
    worker.client,
    worker.taskQueue,
    input.order,
    createRegistry(records()),
  );
  const other = { ...input.request, cashAmount: '80.00' };
  const name = `${reference}~2`;
  worker.script(placementWorkflowId(name), 'placeAtBroker', () => {
    throw ApplicationFailure.nonRetryable('400', 'PlacementRefused', { status: 400 });
  });
  expect(await submissions.submit(reference, other)).toEqual({ outcome: 'started', name });
});
