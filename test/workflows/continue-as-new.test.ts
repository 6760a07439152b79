/** A run that continues as new passes on the complete order state; each run replays with the current code. */
import { ApplicationFailure } from '@temporalio/activity';
import { temporal } from '@temporalio/proto';
import { EMISSION_BUSY, type EmissionFailureDetails } from '../../src/domain/order/emission-failure';
import { reorderedBatches, randomOf } from '../domain/calendar/schedules';
import { eventTypes, historyOf } from '../support/history';
import { processedToSettled, settledOutcome, stages, whole } from '../support/observations';
import { newPlacement } from '../support/placement-under-test';
import { recordOf } from '../support/recorded-outcome';
import { replayAll } from '../support/replays';
import { EVERY_STATE, expectEachOnceSent, sentTwice, statusesSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, showing, viewAtEnd, type TrackedOrder } from '../support/tracked-order';
import { until } from '../support/until';
import { untilTaken } from '../../src/temporal/until-taken';
import type { Decision } from '../../src/domain/values/decision';
import { acknowledgeUpdate, reconcileUpdate, retryEmissionUpdate } from '../../contracts/portfolio-order';
import { cancelUpdate } from '../../contracts/decisions';

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND } =
  temporal.api.enums.v1.WorkflowTaskFailedCause;

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const SHORT_RUNS = { policies: { historyEventsPerRun: 12 } };

/** Repeats an event until the workflow is in a run after this one. */
async function intoLaterRun({ order, broker }: TrackedOrder, run: number) {
  return until('a later run', async () => {
    await order.deliver(whole(broker, 'NEW'));
    const view = await order.view();
    return view.run > run && view;
  });
}

/** Every run of a workflow, in order. */
async function runsOf(workflowId: string): Promise<string[]> {
  const query = `WorkflowId = '${workflowId}'`;
  const { workflow } = worker.client;
  await until('visibility of the end', async () => {
    return (await workflow.count(`${query} AND ExecutionStatus = 'Running'`)).count === 0;
  });
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const { runId, startTime } of workflow.list({ query })) runs.push({ runId, startTime });
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ runId }) => runId);
}

/** Fails so that Temporal retries at once. */
function failOnce(message: string): never {
  throw ApplicationFailure.create({ message, nextRetryDelay: '10ms' });
}

it('loses and duplicates nothing over many runs, with batches reversed and sent twice', async () => {
  const tracked = await placeOrder(worker, { ...SHORT_RUNS, children: 12 });
  const { order, reference } = tracked;
  const events = processedToSettled(tracked.broker);
  // A slow machine processes many messages in one task, so there are few runs: send the first ones one by one.
  for (const [index, event] of events.slice(-3).entries()) {
    await order.deliver(event);
    await intoLaterRun(tracked, index + 1);
  }
  for (let end = events.length; end > 0; end -= 3) {
    const batch = events.slice(Math.max(0, end - 3), end);
    for (let copy = 0; copy < 2; copy += 1)
      expect(['delivered', 'redundant']).toContain((await order.offer(...batch)).kind);
  }
  const view = await expectSettled(tracked);
  expect(view.run).toBeGreaterThan(3);
  expect(view.reference).toBe(reference);
  expectEachOnceSent(order, reference, EVERY_STATE);
  expect(sentTwice(order)).toEqual([]);
});

it('continues as new between emission attempts while ESW is unavailable, and keeps the bytes in flight', async () => {
  const tracked = await placeOrder(worker, SHORT_RUNS);
  const { order, reference } = tracked;
  const refusal = { status: 503, message: 'ESW answered 503' };
  const details: EmissionFailureDetails = { results: [], refusal, retryAfterMs: 600_000 };
  order.script('emitOrderEvents', () => {
    throw ApplicationFailure.nonRetryable(refusal.message, EMISSION_BUSY, details);
  });
  await until('ESW to have the first event', () => statusesSent(order, reference).length === 1);
  const { fulfillment } = await intoLaterRun(tracked, 1);
  expect(fulfillment).toMatchObject({ accepted: [], pending: ['NEW'], paused: { why: 'busy' } });
  const [first] = order.sent();
  order.script('emitOrderEvents', ({ events }) => events.map(({ id }) => ({ id, outcome: 'accepted' })));
  await order.decide(retryEmissionUpdate);
  await order.deliver(...processedToSettled(tracked.broker));
  expect((await expectSettled(tracked)).run).toBeGreaterThan(1);
  expect(order.sent()[1]).toEqual(first);
  expect(sentTwice(order)).toEqual([first?.id]);
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('keeps the results of operators’ decisions and reconciliations: only the run number changes', async () => {
  const tracked = await placeOrder(worker, SHORT_RUNS);
  const { order, broker } = tracked;
  order.script('readPortfolioOrder', () => ({ kind: 'unknown-order' }));
  order.script('cancelPortfolioOrder', () => ({ kind: 'refused', problem: { status: 409 } }));
  await order.decide(reconcileUpdate);
  await order.viewWhen('an attention', ({ attention }) => attention.includes('UNKNOWN_TO_BROKER'));
  await order.decide(acknowledgeUpdate, { codes: ['UNKNOWN_TO_BROKER'] });
  await order.decide(cancelUpdate);
  await order.handle.signal('brokerEvents', ['no observation']);
  await order.deliver(...stages(broker).PROCESSING);
  const before = await order.viewWhen('all of it', ({ status, attention, fulfillment }) => {
    return status === 'PROCESSING' && attention.length === 2 && fulfillment.pending.length === 0;
  });
  expect(before).toMatchObject({
    attention: ['CANCEL_REFUSED', 'UNUSABLE_MESSAGE'],
    questions: { nothingNew: 1 },
    cancel: { actor: 'ada', outcome: 'refused' },
    waits: [{ rule: 'deadline:processing', asked: 0 }],
  });
  const timeline = await order.timeline();
  const { typedSearchAttributes } = await order.handle.describe();

  const after = await intoLaterRun(tracked, before.run + 1);
  expect({ ...after, run: 0 }).toEqual({ ...before, run: 0 });
  expect(await order.timeline()).toEqual(timeline);
  expect((await order.handle.describe()).typedSearchAttributes).toEqual(typedSearchAttributes);
  const { FILLED, SETTLED } = stages(broker);
  await order.deliver(...FILLED, ...SETTLED);
  expect((await viewAtEnd(tracked, 'SETTLED')).findings).toEqual([]);
});

it('passes on a cancel requested while Upvest was unavailable, and Upvest receives it once', async () => {
  const tracked = await placeOrder(worker, { policies: { historyEventsPerRun: 6 }, children: 8 });
  const { order, broker, reference } = tracked;
  order.script('cancelPortfolioOrder', () =>
    order.calls('cancelPortfolioOrder').length < 4 ? failOnce('Upvest answered 503') : { kind: 'accepted' },
  );
  await intoLaterRun(tracked, 1);
  await order.decide(cancelUpdate, { actor: 'olga' });
  await order.decide(cancelUpdate, { actor: 'olga' });
  await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 4);
  await order.deliver(whole(broker, 'CANCELLED', { orders: [] }));
  const view = await viewAtEnd(tracked, 'CANCELLED');
  expect(view).toMatchObject({ status: 'CANCELLED', cancel: { outcome: 'cancelled', actor: 'olga' } });
  expect(order.calls('cancelPortfolioOrder').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
});

it('replays every run of an order and of its placement', async () => {
  const placement = newPlacement(worker, SHORT_RUNS);
  const { order, broker, reference } = placement;
  await placement.start();
  await placement.handle.result();
  await intoLaterRun({ order, broker, reference }, 1);
  await order.deliver(...processedToSettled(broker));
  await expectSettled({ order, broker, reference });
  const ids = [order.workflowId, placement.workflowId];
  for (const id of ids) await runsOf(id);
  const query = ids.map((id) => `WorkflowId = '${id}'`).join(' OR ');
  const histories = worker.client.workflow.list({ query }).intoHistories();
  const { replayed, failures } = await replayAll(histories);
  expect(failures).toEqual([]);
  expect(replayed).toBeGreaterThan(2);
});

/** A small version of `test/soak/long-orders.test.ts`, which tests the whole product. */
it.each([5, 6])(
  'keeps record, ledger and timeline with lost, duplicated and shuffled events and a failing ESW, seed %d',
  async (seed) => {
    const tracked = await placeOrder(worker, {
      children: 8,
      policies: { historyEventsPerRun: 6, predecessorGraceMs: 300 },
      deadlines: { quietMs: 100, spreadMs: 0 },
    });
    const { order, broker, reference } = tracked;
    const random = randomOf(seed);
    order.script('emitOrderEvents', ({ events }) => {
      if (random() < 0.3) failOnce('ESW accepted them, and the answer was lost');
      return events.map(({ id }) => ({ id, outcome: 'accepted' }));
    });
    // A read may be older than webhooks.
    showing(tracked, 'NEW');
    const events = processedToSettled(broker);
    // A fifth of the events is lost, the last one among them.
    const kept = events.slice(0, -1).filter(() => random() >= 0.2);
    for (const batch of reorderedBatches(kept, seed)) await order.deliver(...batch);
    await intoLaterRun(tracked, 3);
    showing(tracked, 'SETTLED');
    await order.decide(reconcileUpdate, { actor: 'olga' });
    const view = await viewAtEnd(tracked, 'SETTLED');
    expect(view.run).toBeGreaterThan(3);
    expect(recordOf(view)).toEqual(settledOutcome(broker));
    expect(view.questions.missed).toBeGreaterThan(0);
    const statuses = statusesSent(order, reference);
    expect(statuses.at(-1)).toBe('Settled');
    expectEachOnceSent(order, reference, statuses, { mayTimesGoBack: true });

    const runs = await runsOf(order.workflowId);
    expect(runs).toHaveLength(view.run);
    for (const runId of runs) {
      const history = await historyOf(worker.client, order.workflowId, runId);
      // If a message arrives during continue-as-new, the server rejects the command and repeats the workflow task.
      const failures = history.flatMap(({ workflowTaskFailedEventAttributes: it }) => (it ? [it.cause] : []));
      expect(failures.filter((cause) => cause !== UNHANDLED_COMMAND)).toEqual([]);
      const last =
        runId === runs.at(-1) ? 'WORKFLOW_EXECUTION_COMPLETED' : 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW';
      expect(eventTypes(history).at(-1)).toBe(last);
    }
  },
);

it('a decision with a key that an earlier run has seen gives the first outcome, and decides nothing again (14.43)', async () => {
  const tracked = await placeOrder(worker, SHORT_RUNS);
  const { order } = tracked;
  showing(tracked, 'NEW');
  const updateId = 'a-key';
  const decide = (reason: string) =>
    order.handle.executeUpdate(reconcileUpdate, {
      args: [{ actor: 'ada', reason, digest: `digest of ${reason}` } as Decision],
      updateId,
    });
  const first = await untilTaken(() => decide('the client called'));
  const { run } = await order.view();
  await intoLaterRun(tracked, run);
  expect(await untilTaken(() => decide('another reason'))).toEqual(first);
  expect(first).toMatchObject({ digest: 'digest of the client called' });
  const requested = (await order.timeline()).filter(({ text }) => text === 'Reconcile requested');
  expect(requested).toHaveLength(1);
  await order.handle.terminate('the end of the test');
});
