/** Orders of many runs and of many children: everything in progress at continue-as-new continues in the next run. */
import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { Stack } from '../../demo/stack';
import { eventTypes, historyOf, summarizeHistory } from '../support/history';
import { decide, intoLaterRun } from '../support/orders';
import { finished, newRequest, show, startTestStack, statusesAtEsw, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { recordOf, settledWithoutWebhooks, truthOf } from '../support/truth';
import { cancelUpdate } from '../../contracts/decisions';
import {
  stateQuery,
  portfolioOrderWorkflowId,
  reconcileUpdate,
  timelineQuery,
  viewQuery,
} from '../../contracts/portfolio-order';

const KIB = 1024;
const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: UNHANDLED_COMMAND } =
  temporal.api.enums.v1.WorkflowTaskFailedCause;
const operator = { actor: 'olga', reason: 'a test of long orders' };
const soon = { askAfterMs: 400, attentionAfter: { ms: 60_000 } };

/** Every run of an order, in order. */
async function runsOf(workflowId: string): Promise<string[]> {
  const query = `WorkflowId = '${workflowId}'`;
  await until(
    'visibility of the end',
    async () => (await testClient().workflow.count(`${query} AND ExecutionStatus = 'Running'`)).count === 0,
  );
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const { runId, startTime } of testClient().workflow.list({ query }))
    runs.push({ runId, startTime });
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ runId }) => runId);
}

afterAll(closeTemporal);

describe('an order of 40 children whose runs are only some events long', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({
      policies: { historyEventsPerRun: 6, predecessorGraceMs: 300 },
      deadlines: { quietMs: 100, spreadMs: 0, parts: soon },
      upvest: {
        children: 40,
        pace: { processAfterMs: 200, childSpacingMs: 60, fillAfterMs: 300, settleAfterMs: 500, secondMs: 20 },
      },
    });
  });
  afterAll(async () => {
    await stack.stop();
  });

  it('keeps record, ledger and timeline with lost, duplicated and shuffled events and a failing ESW', async () => {
    stack.esw.control.addFault({ kind: 'accept-then-drop', match: { status: 'Created' } });
    stack.esw.control.addFault({ kind: '503', match: { status: 'Confirmed' } });
    stack.upvest.control.disturbWebhooks({
      seed: 5,
      lose: 0.2,
      duplicate: 0.3,
      delay: { probability: 0.8, ms: 1_500 },
      shuffle: 0.3,
      split: 0.5,
    });
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_PROCESSING', children: 40 });
    const reference = await submit(stack, newRequest({ accountId }));
    const id = await until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
    await until('some children', () => truthOf(stack, id).orders.length > 5);
    await decide(stack, id, reconcileUpdate, operator);
    // A slow machine processes many messages in one task, so there are few runs: repeat events until there were more.
    await intoLaterRun(stack, id, 3);
    stack.upvest.control.proceed(id);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    const view = (await finished(stack, reference)).order;

    expect(view.run).toBeGreaterThan(3);
    expect(recordOf(view)).toEqual(truthOf(stack, id));
    expect(statusesAtEsw(stack, reference).at(-1)).toBe('Settled');
    stack.upvest.control.disturbWebhooks();
    for (const { replays, byteIdenticalReplays } of stack.esw.control.events({ reference }))
      expect(byteIdenticalReplays).toBe(replays);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0 });
    expect(view.questions.missed).toBeGreaterThan(0);

    for (const runId of await runsOf(portfolioOrderWorkflowId(id))) {
      const events = await historyOf(testClient(), portfolioOrderWorkflowId(id), runId);
      // If a message arrives during continue-as-new, the server rejects the command and repeats the workflow task.
      const failures = events.flatMap(({ workflowTaskFailedEventAttributes: it }) => (it ? [it.cause] : []));
      expect(failures.filter((cause) => cause !== UNHANDLED_COMMAND)).toEqual([]);
      expect(['WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 'WORKFLOW_EXECUTION_COMPLETED']).toContain(
        eventTypes(events).at(-1),
      );
    }
  });

  it('passes on a cancel requested while Upvest was unavailable, and Upvest receives it once', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW', children: 40 });
    const reference = await submit(stack, newRequest({ accountId }));
    const id = await until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
    stack.upvest.control.failCalls({ method: 'DELETE', path: '/portfolios/orders', count: 3, outcome: 503 });
    await decide(stack, id, cancelUpdate, operator);
    await decide(stack, id, cancelUpdate, operator);
    const view = (await finished(stack, reference)).order;
    expect(view).toMatchObject({ status: 'CANCELLED', cancel: { outcome: 'cancelled', actor: 'olga' } });
    const answers = stack.upvest.control.requests({ method: 'DELETE' }).map(({ status }) => status);
    expect(answers.slice(0, 3)).toEqual([503, 503, 503]);
    expect(answers).toHaveLength(4);
  });
});

describe('an order of 500 children', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ upvest: { children: 500 } });
  });
  afterAll(async () => {
    await stack.stop();
  });

  it('stays within the budgets of events and payloads, and answers its queries', async () => {
    const { reference, id } = await settledWithoutWebhooks(stack);
    const { events } = stack.upvest.control.portfolioOrder(id);
    expect(events).toHaveLength(4 + 5 * 500);
    await stack.upvest.control.releaseWebhooks({ batches: 25 });
    const { order } = await finished(stack, reference, 120_000);
    expect(order.progress).toMatchObject({ orders: 500, final: 500, executions: 500, settled: 500 });
    expect(recordOf(order)).toEqual(truthOf(stack, id));

    const workflowId = portfolioOrderWorkflowId(id);
    let signals = 0;
    let total = 0;
    for (const runId of await runsOf(workflowId)) {
      const history = await historyOf(testClient(), workflowId, runId);
      const summary = summarizeHistory(history);
      total += summary.events;
      signals += summary.signals.length;
      expect(summary.largestEvent).toBeLessThan(512 * KIB);
    }
    expect(total).toBeLessThanOrEqual(40 + 10 * signals);

    const handle = testClient().workflow.getHandle(workflowId);
    expect((await handle.query(viewQuery)).orders).toHaveLength(500);
    expect(await handle.query(timelineQuery, { offset: 2_000 })).not.toHaveLength(0);
    expect(JSON.stringify(await handle.query(stateQuery)).length).toBeLessThan(512 * KIB);
  });

  it('is read in pages when no webhook arrived', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none', children: 500 });
    const reference = await submit(stack, newRequest({ accountId }));
    const id = await until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    await decide(stack, id, reconcileUpdate, operator);
    const { order } = await finished(stack, reference, 120_000);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.questions).toMatchObject({ missed: 1, failed: 0 });
    const history = await historyOf(testClient(), portfolioOrderWorkflowId(id));
    expect(summarizeHistory(history).activities).toContain('readOrders');
    expect(summarizeHistory(history).largestEvent).toBeLessThan(512 * KIB);
  });
});
