/** The HTTP server of the twin: it starts orders, verifies webhooks as the product does, and signals. */
import { Client, Connection } from '@temporalio/client';
import Fastify from 'fastify';
import { verifyWebhookSignature } from '../../../src/upvest/webhooks/signature';
import { createVerifyKeys } from '../../../src/upvest/webhooks/verify-keys';
import { WEBHOOK_PATH } from '../partners-messages';
import { TWIN_EVENTS, twinWorkflowId, type TwinEvent, type TwinOrder } from './contract';
import { readSettings, twinUpvest } from './settings';

const settings = readSettings();
const upvest = twinUpvest(settings);
const keys = createVerifyKeys({ read: () => upvest.readVerifyKeys({}), now: Date.now });
/** Portfolio orders by the ids of their children, which executions name. */
const owners = new Map<string, string>();

function ownerOf({ type, object }: TwinEvent): string {
  if (type.startsWith('PORTFOLIO_ORDER.')) return object.id;
  if (type.startsWith('ORDER.')) {
    const owner = object.client_reference ?? '';
    owners.set(object.id, owner);
    return owner;
  }
  return owners.get(object.order_id ?? '') ?? '';
}

async function main(): Promise<void> {
  const client = new Client({ connection: await Connection.connect({ address: settings.temporalAddress }) });
  const app = Fastify();
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) => {
    parsed(null, body);
  });

  // The id is known ahead, which no real client does: so the twin needs no second workflow and no registry of ids.
  app.post('/orders/:id', async (request) => {
    const { id } = request.params as { id: string };
    const order = JSON.parse(String(request.body)) as TwinOrder;
    await client.workflow.start('twin', {
      workflowId: twinWorkflowId(id),
      taskQueue: settings.taskQueue,
      // A repeated request meets the order of the first one.
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [order],
    });
    return {};
  });

  app.post(WEBHOOK_PATH, async (request, reply) => {
    const { method, headers } = request;
    const body = request.body as Buffer;
    const signed = await verifyWebhookSignature(
      { method, headers, path: WEBHOOK_PATH, body },
      { keys, now: Date.now, policy: { expiry: 'reject', maxAheadMs: 300_000, maxAgeMs: 604_800_000 } },
    );
    if (!signed.ok) return reply.code(401).send(signed);
    const byOrder = new Map<string, TwinEvent[]>();
    for (const event of (JSON.parse(body.toString('utf8')) as { payload: TwinEvent[] }).payload) {
      const owner = ownerOf(event);
      byOrder.set(owner, [...(byOrder.get(owner) ?? []), event]);
    }
    for (const [owner, events] of byOrder)
      await client.workflow.getHandle(twinWorkflowId(owner)).signal(TWIN_EVENTS, events);
    return {};
  });

  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  process.stderr.write(`server is listening at ${url}\n`);
}

void main();
