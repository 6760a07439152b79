/**
 * The actions that an order costs on Temporal Cloud (docs/sizing.md#billable-actions), counted from its histories by our rules, and
 * by a Temporal server itself, whose metric `action` counts as Temporal Cloud does.
 */
import type { NativeConnection } from '@temporalio/worker';
import type { Stack } from '../../demo/stack';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { connectClient } from '../../src/temporal/client';
import { prepareNamespace } from '../../src/temporal/namespace';
import { connectWorker } from '../../src/temporal/worker-client';
import { startDevServer, type DevServer } from '../../tools/temporal-server/dev-server';
import { freePort } from '../../src/lib/free-port';
import { historyOf, summarizeHistory } from '../../tools/temporal-server/history';
import { finished, newRequest, startTestStack, until } from '../support/stack';
import { closeTemporal, installTestRuntime } from '../support/temporal';
import { settledWithoutWebhooks } from '../support/truth';

const CHILDREN = 10;
/** The promise for an order whose 54 events come in eight requests. */
const MAX_ACTIONS = 28;

let server: DevServer;
let metricsUrl: string;
let connection: NativeConnection;
let stack: Stack;
beforeAll(async () => {
  installTestRuntime();
  const metricsPort = await freePort();
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  server = await startDevServer({ log: () => undefined, metricsPort });
  const client = connectClient(server);
  await prepareNamespace(client.connection, server.namespace, () => undefined);
  await client.connection.close();
  ({ connection } = await connectWorker(server));
  stack = await startTestStack({ temporal: server, connection, eventDetail: 'orders' });
}, 120_000);
afterAll(async () => {
  await stack.stop();
  await connection.close();
  await server.stop();
  await closeTemporal();
});

/** What the server has counted so far. Queries are the test's own looks at its orders. */
async function serverCounts(): Promise<{ heartbeats: number; others: number }> {
  const text = await (await fetch(metricsUrl)).text();
  const counts = { heartbeats: 0, others: 0 };
  for (const [, type = '', count] of text.matchAll(
    /^action\{action_type="(\w+)",.*namespace="default".*\} (\d+)$/gm,
  )) {
    if (type.includes('Heartbeat')) counts.heartbeats += Number(count);
    else if (!type.includes('Query')) counts.others += Number(count);
  }
  return counts;
}

/** What our rules count in the histories of all workflows. */
async function ourCount(): Promise<number> {
  let sum = 0;
  for await (const { workflowId, runId } of stack.client.workflow.list())
    sum += summarizeHistory(await historyOf(stack.client, workflowId, runId)).actions;
  return sum;
}

/** The server reports its counts about once a second, and the index shows workflows with some delay. */
async function agreedCounts(): Promise<{ heartbeats: number; others: number }> {
  let last;
  try {
    return await until('the same count', async () => {
      const counts = await serverCounts();
      last = { server: counts.others, ours: await ourCount() };
      return last.server === last.ours && (await serverCounts()).others === counts.others
        ? counts
        : undefined;
    });
  } catch (error) {
    throw new Error(`The counts differ: ${JSON.stringify(last)}`, { cause: error });
  }
}

it.each([1, 2, 4, 8, 16])(
  'an order whose events come in %d requests: the server counts what our rules count, and heartbeats',
  async (requests) => {
    const { upvest, client } = stack;
    const request = newRequest();
    upvest.control.configureAccount(request.accountId, { children: CHILDREN });
    const before = await agreedCounts();
    const { reference, id } = await settledWithoutWebhooks(stack, request);
    await upvest.control.releaseWebhooks({ batches: requests });
    await finished(stack, reference);
    await client.workflow.getHandle(portfolioOrderWorkflowId(id)).result();

    const heartbeats = (await agreedCounts()).heartbeats - before.heartbeats;
    const histories = await Promise.all(
      [placementWorkflowId(reference), portfolioOrderWorkflowId(id)].map((name) => historyOf(client, name)),
    );
    const [placement = 0, order = 0] = histories.map((history) => summarizeHistory(history).actions);
    process.stdout.write(
      `${requests} requests: ${placement} actions of the placement, ${order} of the order, ${heartbeats} heartbeats\n`,
    );
    if (requests === 8) expect(placement + order + heartbeats).toBeLessThanOrEqual(MAX_ACTIONS);
  },
);
