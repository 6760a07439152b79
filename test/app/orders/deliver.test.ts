/** What the way into an order's workflow makes of a server that will not take messages. */
import { randomUUID } from 'node:crypto';
import { msToTs } from '@temporalio/common/lib/time';
import { connectClient } from '../../../src/temporal/client';
import { createOrderSignals } from '../../../src/app/orders/deliver';
import { at, portfolioOrder } from '../../domain/samples';
import { closeTemporal, testClient, testTarget, uniqueName } from '../../support/temporal';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';

type OrderSettings = Parameters<typeof createOrderSignals>[2];

afterAll(closeTemporal);

test('a namespace without our search attributes is a fault of the deployment, not of the order', async () => {
  const namespace = uniqueName('namespace');
  const services = testClient().connection;
  await services.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const client = connectClient({ ...testTarget(), namespace });
  const inbox = createOrderSignals(client, uniqueName('queue'), {} as OrderSettings);

  // Rejected, so that Upvest delivers again; "refused" would park the whole feed.
  await expect(inbox.deliver('some-order', [portfolioOrder('NEW')])).rejects.toMatchObject({
    cause: { details: expect.stringMatching(/no mapping defined for search attribute/) as string },
  });
  await client.connection.close();
  await services.operatorService.deleteNamespace({ namespace });
});

describe('an order that is mentioned first by', () => {
  const inbox = createOrderSignals(testClient(), uniqueName('queue'), {} as OrderSettings);
  const id = randomUUID();
  const workflow = testClient().workflow.getHandle(portfolioOrderWorkflowId(id));
  afterEach(() => workflow.terminate('no worker runs'));

  test('its placement is listed by what was asked for', async () => {
    const observation = portfolioOrder('NEW', { id });
    await inbox.handOff({ reference: 'SP-1', requestedAt: at(0), side: 'BUY', observation });
    expect(await (await workflow.describe()).staticSummary()).toBe('BUY 1000.00 EUR as SP-1');
  });

  test('a webhook is listed by its id', async () => {
    await inbox.deliver(id, [portfolioOrder('NEW', { id })]);
    expect(await (await workflow.describe()).staticSummary()).toBe(`Portfolio order ${id}`);
  });
});

describe('an order that took a signal of this process', () => {
  const client = testClient();
  const id = randomUUID();
  const workflow = client.workflow.getHandle(portfolioOrderWorkflowId(id));
  const inbox = createOrderSignals(client, uniqueName('queue'), {} as OrderSettings);
  const starts = jest.spyOn(client.workflow, 'signalWithStart');
  beforeEach(() => starts.mockClear());
  afterAll(() => {
    starts.mockRestore();
  });

  test('takes further ones without a start', async () => {
    await inbox.deliver(id, [portfolioOrder('NEW', { id })]);
    expect(await inbox.deliver(id, [portfolioOrder('PROCESSING', { id })])).toEqual({ kind: 'delivered' });
    expect(starts).toHaveBeenCalledTimes(1);
    const { events } = await workflow.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(2);
  });

  test('is started again once it was terminated', async () => {
    const { runId } = await workflow.describe();
    await workflow.terminate('no worker runs');
    expect(await inbox.deliver(id, [portfolioOrder('FILLED', { id })])).toEqual({ kind: 'delivered' });
    expect(starts).toHaveBeenCalledTimes(1);
    const { runId: next, status } = await workflow.describe();
    expect([next === runId, status.name]).toEqual([false, 'RUNNING']);
    await workflow.terminate('no worker runs');
  });
});
