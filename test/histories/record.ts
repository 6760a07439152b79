/**
 * Records histories of today's workflows, for `test/workflows/recorded-histories.test.ts` to replay with later
 * code. Run by `npm run record:histories` when workflows do something new; existing files are kept.
 */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { createDeadLetterQueue, type ParkedEvent } from '../../src/app/parked-events/park';
import { hashOf, newEvent } from '../http/webhooks';
import { finished, newRequest, settledAtBroker, show, startTestStack, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { execution } from '../upvest/webhooks/event-fixture';
import { record } from './recorder';
import { discardUpdate, parkedEventWorkflowId, retryUpdate } from '../../contracts/parked-event';
import { createSharedRate } from '../../src/app/upvest-rate';
import { createRateLimiter } from '../../src/upvest/client/rate-limiter';
import {
  leaseUpdate,
  upvestBudgetWorkflowId,
  type UpvestBudgetWorkflow,
} from '../../contracts/upvest-budget';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

const operator = { actor: 'recorder', reason: 'recording' };

async function park(stack: Stack, event: unknown, more: Partial<ParkedEvent> = {}): Promise<string> {
  const raw = JSON.stringify(event);
  const eventId = randomUUID();
  const receivedAt = new Date().toISOString();
  const lot = createDeadLetterQueue(testClient(), stack.config.orderTaskQueue);
  await lot.park({ eventId, reason: 'UNREADABLE', detail: 'recorded', receivedAt, raw, ...more });
  return parkedEventWorkflowId(eventId, hashOf(raw));
}

describe('record', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ upvest: { children: 2 } });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('an order without incident', async () => {
    const reference = await submit(stack);
    const { order } = await finished(stack, reference);
    await record('settled', portfolioOrderWorkflowId(order.portfolioOrderId));
    await record('placed', placementWorkflowId(reference));
  });

  it('an order started by Upvest, with webhooks out of order', async () => {
    const { id } = await settledAtBroker(stack);
    await stack.upvest.control.releaseWebhooks({ order: 'reverse', copies: 2, batches: 5 });
    await finished(stack, id);
    await record('adopted-in-disorder', portfolioOrderWorkflowId(id));
  });

  it('an order that Upvest cancels', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { rejectWith: 'ACCOUNT_IS_EMPTY' });
    const { order } = await finished(stack, await submit(stack, newRequest({ accountId })));
    await record('cancelled', portfolioOrderWorkflowId(order.portfolioOrderId));
  });

  it('a placement that Upvest rejects', async () => {
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 422 });
    const reference = await submit(stack);
    await until('the rejection', async () => (await show(stack, reference)).phase === 'REFUSED');
    await record('refused', placementWorkflowId(reference));
  });

  it('an ESW that is unavailable for a moment', async () => {
    stack.esw.control.addFault({ kind: '503', count: 1, match: { status: 'Created' } });
    const { order } = await finished(stack, await submit(stack));
    await record('esw-away', portfolioOrderWorkflowId(order.portfolioOrderId));
  });

  it('parked events', async () => {
    const discarded = await park(stack, newEvent('NEWS.PUBLISHED', {}));
    await testClient()
      .workflow.getHandle(discarded)
      .executeUpdate(retryUpdate, { args: [operator] });
    await testClient()
      .workflow.getHandle(discarded)
      .executeUpdate(discardUpdate, { args: [operator] });
    await record('parked-discarded', discarded);

    const { id, events } = await settledAtBroker(stack);
    const lost = newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
    const list = await park(stack, [lost, ...events], { reason: 'UNROUTED' });
    await finished(stack, id);
    await until(
      'the rest',
      async () => (await testClient().workflow.count(`WorkflowId = '${list}'`)).count > 1,
    );
    await testClient()
      .workflow.getHandle(list)
      .executeUpdate(discardUpdate, { args: [operator] });
    await record('parked-list', list);
    await stack.upvest.control.releaseWebhooks();
  });

  it('the budget of requests to Upvest, which two processes share', async () => {
    const workflowId = upvestBudgetWorkflowId(stack.config.orderTaskQueue);
    const rates = [0, 1].map(() =>
      createSharedRate(testClient(), {
        orderTaskQueue: stack.config.orderTaskQueue,
        requestsPerSecond: 20,
        warn: () => undefined,
      }),
    );
    const turns = rates.map(createRateLimiter);
    await Promise.all(turns.flatMap((turn) => Array.from({ length: 8 }, () => turn(undefined))));
    const handle = testClient().workflow.getHandle<UpvestBudgetWorkflow>(workflowId);
    await handle.cancel();
    const senseless = { holder: '', wanted: 1, budget: 20 };
    await expect(handle.executeUpdate(leaseUpdate, { args: [senseless] })).rejects.toThrow();
    await handle.executeUpdate(leaseUpdate, { args: [{ ...senseless, holder: 'recorder' }] });
    // It has no end.
    await handle.terminate('recording');
    await record('upvest-budget', workflowId);
  });
});

describe('record, with short runs,', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ upvest: { children: 4 }, policies: { historyEventsPerRun: 20 } });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('an order that continues as new', async () => {
    const { id } = await settledAtBroker(stack);
    await stack.upvest.control.releaseWebhooks({ batches: 12 });
    await finished(stack, id);
    await record('continued', portfolioOrderWorkflowId(id));
  });
});
