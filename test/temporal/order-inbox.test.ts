/** What the way into an order's workflow makes of a server that will not take messages. */
import { msToTs } from '@temporalio/common/lib/time';
import { connectClient } from '../../src/temporal/connection';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { portfolioOrder } from '../domain/samples';
import { closeTemporal, testClient, testTarget, uniqueName } from '../support/temporal';

afterAll(closeTemporal);

test('a namespace without our search attributes is a fault of the deployment, not of the order', async () => {
  const namespace = uniqueName('namespace');
  const services = testClient().connection;
  await services.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const client = connectClient({ ...testTarget(), namespace });
  const settings = {} as Parameters<typeof createOrderInbox>[2];
  const inbox = createOrderInbox(client, uniqueName('queue'), settings);

  // Rejected, so that Upvest delivers again; "refused" would park the whole feed.
  await expect(inbox.deliver('some-order', [portfolioOrder('NEW')])).rejects.toMatchObject({
    cause: { details: expect.stringContaining('PortfolioOrderId') as string },
  });
  await client.connection.close();
  await services.operatorService.deleteNamespace({ namespace });
});
