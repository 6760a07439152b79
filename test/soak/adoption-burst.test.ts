/**
 * A morning of savings plans: many orders begin with their webhooks within a minute, on a server whose index takes ten calls a
 * second. `ADOPTIONS=3000 npm run test:soak -- adoption-burst` adopts more of them.
 */
import { connectClient } from '../../src/temporal/client';
import { prepareNamespace } from '../../src/temporal/namespace';
import { connectWorker } from '../../src/temporal/worker-client';
import { createRecoveryActivities } from '../../activities/tracking/recover-predecessor-run';
import { startDevServer } from '../../tools/temporal-server/dev-server';
import { orderAtBroker, whole } from '../support/observations';
import { newOrder, type OrderUnderTest } from '../support/order-under-test';
import { memoryStore } from '../support/order-stores';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, installTestRuntime } from '../support/temporal';
import { until } from '../support/until';

const ADOPTIONS = Number(process.env.ADOPTIONS ?? '100');
const WITHIN_MS = 60_000;
const LIMIT_MS = 120_000 + ADOPTIONS * 200;
const quiet = (): void => undefined;

let worker: StubWorker;
const undo: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  installTestRuntime();
  const server = await startDevServer({ log: quiet, visibilityPerSecond: 10 });
  undo.push(() => server.stop());
  const client = connectClient(server);
  undo.push(() => client.connection.close());
  await prepareNamespace(client.connection, server.namespace, quiet);
  const { connection } = await connectWorker(server);
  undo.push(() => connection.close());
  worker = await startStubWorker({ client, connection, namespace: server.namespace });
  undo.push(() => worker.stop());
}, 120_000);
afterAll(async () => {
  for (const step of undo.reverse()) await step();
  await closeTemporal();
});

it(
  `${ADOPTIONS} orders that begin with webhooks within a minute: none is held, and none waits for Temporal's index`,
  async () => {
    // The database has nothing of them, as of every new order.
    const recovery = createRecoveryActivities(worker.client, memoryStore());
    const begin = async (): Promise<OrderUnderTest> => {
      const order = newOrder(worker);
      order.script('findPredecessorRun', (search) => recovery.findPredecessorRun(search));
      const broker = orderAtBroker(order.id, 1);
      await order.deliver({ ...whole(broker, 'NEW'), initiationFlow: 'SAVINGS_PLAN' });
      return order;
    };
    const startedAt = Date.now();
    const orders: OrderUnderTest[] = [];
    const SIDE_BY_SIDE = 10;
    while (orders.length < ADOPTIONS)
      orders.push(...(await Promise.all(Array.from({ length: SIDE_BY_SIDE }, begin))));
    const beganMs = Date.now() - startedAt;
    const isSent = (): boolean => orders.every((order) => order.sent().length > 0);
    await until('NEW of every order at ESW', isSent, LIMIT_MS);
    const wholeMs = Date.now() - startedAt;
    process.stdout.write(`${orders.length} orders began in ${beganMs} ms; ESW had all after ${wholeMs} ms\n`);

    for (const order of orders) {
      const { held, troubles, attention, origin } = await order.view();
      expect({ held, troubles, attention, origin }).toEqual({ attention: [], origin: 'adopted' });
    }
    // Each asked the database once, and Temporal's index never.
    expect(orders.flatMap((order) => order.calls('findPredecessorRun')).length).toBe(orders.length);
    if (ADOPTIONS <= 100) expect(beganMs).toBeLessThan(WITHIN_MS);
  },
  LIMIT_MS,
);
