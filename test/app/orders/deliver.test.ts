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
    cause: { details: expect.stringContaining('PortfolioOrderId') as string },
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
