/** Like `record.ts`, for orders with events for their children and executions, and for a failing ESW. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { AccountSettings } from '../../simulators/upvest/access/account-settings';
import type { FaultSpec } from '../../simulators/esw';
import { FAR_DEADLINES } from '../support/orders';
import { finished, newRequest, show, startTestStack, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { record } from './recorder';
import { portfolioOrderWorkflowId, retryEmissionUpdate } from '../../contracts/portfolio-order';

const operator = { actor: 'recorder', reason: 'recording' };

describe('record', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({
      deadlines: FAR_DEADLINES,
      eventDetail: 'executions',
      upvest: { children: 2 },
    });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  async function place(settings: AccountSettings = {}): Promise<string> {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, settings);
    const reference = await submit(stack, newRequest({ accountId }));
    return until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
  }

  it.each<[string, AccountSettings]>([
    ['executions-closed-out', { scenario: 'CANCELLED_WITH_FILLED_CHILDREN', children: 4 }],
    ['executions-mistrade', { scenario: 'MISTRADE' }],
  ])('an order with %s', async (name, settings) => {
    const id = await place(settings);
    await finished(stack, id);
    await record(name, portfolioOrderWorkflowId(id));
  });

  it.each<[string, FaultSpec, string]>([
    ['esw-takes-nothing', { kind: '403', count: 1000 }, 'EMISSION_STOPPED'],
    ['esw-refuses', { kind: '400', match: { transactionType: 'OrderConfirmed' } }, 'EMISSION_REFUSED'],
  ])('an order where %s, and whose events an operator resends', async (name, fault, attention) => {
    stack.esw.control.addFault(fault);
    const id = await place();
    await until('the attention', async () => (await show(stack, id)).order?.attention.includes(attention));
    stack.esw.control.clearFaults();
    const handle = testClient().workflow.getHandle(portfolioOrderWorkflowId(id));
    await handle.executeUpdate(retryEmissionUpdate, { args: [operator] });
    await finished(stack, id);
    await record(name, portfolioOrderWorkflowId(id));
  });

  it('an order that waits because ESW requested a pause', async () => {
    stack.esw.control.addFault({ kind: '429', retryAfterSeconds: 70 });
    const id = await place();
    await until('the pause', async () => (await show(stack, id)).order?.fulfillment.paused !== undefined);
    const handle = testClient().workflow.getHandle(portfolioOrderWorkflowId(id));
    await handle.executeUpdate(retryEmissionUpdate, { args: [operator] });
    await finished(stack, id);
    await record('esw-asks-for-a-pause', portfolioOrderWorkflowId(id));
  });
});
