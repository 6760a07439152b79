/** Like `record.ts`, for orders with deadlines, operators and failures. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { AccountSettings } from '../../simulators/upvest/access/account-settings';
import { finished, newRequest, show, startTestStack, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { truthOf } from '../support/truth';
import { record } from './recorder';
import { cancelUpdate } from '../../contracts/decisions';
import { closeUpdate, portfolioOrderWorkflowId, reconcileUpdate } from '../../contracts/portfolio-order';
import { placementWorkflowId, type PlacementWorkflow } from '../../contracts/placement';

const operator = { actor: 'recorder', reason: 'recording' };
const soon = { askAfterMs: 300, attentionAfter: { ms: 1_000 } };

describe('record', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({
      policies: { predecessorGraceMs: 300 },
      deadlines: { quietMs: 100, spreadMs: 0, new: soon, processing: soon, parts: soon, cancel: soon },
      upvest: { children: 2 },
    });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  async function place(settings: AccountSettings): Promise<string> {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, settings);
    const reference = await submit(stack, newRequest({ accountId }));
    return until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
  }

  it.each<[string, AccountSettings]>([
    ['mixed', { scenario: 'CANCELLED_WITH_FILLED_CHILDREN', children: 4 }],
    ['mistrade', { scenario: 'MISTRADE' }],
    ['settled-ahead', { scenario: 'SETTLED_AHEAD' }],
    ['silent', { webhooks: 'none' }],
  ])('an order that is %s', async (name, settings) => {
    const id = await place(settings);
    await finished(stack, id);
    await record(name, portfolioOrderWorkflowId(id));
  });

  it('an order that is cancelled by an operator after it was overdue', async () => {
    const id = await place({ scenario: 'WAITS_IN_NEW' });
    const handle = testClient().workflow.getHandle(portfolioOrderWorkflowId(id));
    await until('the attention', async () =>
      (await show(stack, id)).order?.attention.includes('NEW_OVERDUE'),
    );
    await handle.executeUpdate(cancelUpdate, { args: [operator] });
    await finished(stack, id);
    await record('cancelled-by-operator', portfolioOrderWorkflowId(id));
  });

  it('an order that is closed', async () => {
    const id = await place({ scenario: 'WAITS_IN_PROCESSING' });
    const handle = testClient().workflow.getHandle(portfolioOrderWorkflowId(id));
    await handle.executeUpdate(reconcileUpdate, { args: [operator] });
    await until('an answer', async () => {
      const { missed = 0, nothingNew = 0 } = (await show(stack, id)).order?.questions ?? {};
      return missed + nothingNew > 0;
    });
    await handle.executeUpdate(closeUpdate, { args: [{ ...operator, evidence: 'none' }] });
    await record('closed', portfolioOrderWorkflowId(id));
  });

  it('an order whose workflow was terminated', async () => {
    const id = await place({ scenario: 'WAITS_IN_FILLED' });
    const workflowId = portfolioOrderWorkflowId(id);
    await until('FILLED', async () => (await show(stack, id)).order?.status === 'FILLED');
    await testClient().workflow.getHandle(workflowId).terminate('recording');
    stack.upvest.control.proceed(id);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    await finished(stack, id);
    await record('healed', workflowId);
  });

  it('a placement whose outcome was unknown', async () => {
    const accountId = randomUUID();
    const reference = `recorded-${randomUUID()}`;
    const fault = { method: 'POST', path: '/portfolios/orders', mode: 'after', outcome: 'reset' } as const;
    stack.upvest.control.failCalls({ ...fault, count: 20 });
    const request = {
      userId: randomUUID(),
      accountId,
      cashAmount: '77.70',
      currency: 'EUR',
      side: 'BUY',
      postTax: false,
    } as const;
    const requestedAt = new Date(Date.now() - 3_600_000).toISOString();
    await testClient().workflow.start<PlacementWorkflow>('placePortfolioOrder', {
      workflowId: placementWorkflowId(reference),
      taskQueue: stack.config.orderTaskQueue,
      args: [{ reference, request, requestedAt, attempt: 1, order: stack.config.order }],
    });
    await finished(stack, reference);
    stack.upvest.control.clearFaults();
    await record('placement-unknown', placementWorkflowId(reference));
  });
});
