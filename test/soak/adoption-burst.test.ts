/**
 * A morning of savings plans: many orders begin with their webhooks within a minute. `ADOPTIONS=3000 npm run test:soak --
 * adoption-burst` adopts more of them, and prints the times and rates that `npm run bench:burst` is compared with
 * (docs/sizing.md#a-morning-of-savings-plans).
 */
import { randomUUID } from 'node:crypto';
import { startInfrastructure, type Infrastructure } from '../../bench/engine/infrastructure';
import { readCpu } from '../../bench/engine/processes';
import { percentile } from '../../bench/statistics';
import { startDeployment, type Deployment } from '../support/deployment';
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

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Prints when half and all of the orders had come so far, and their rate. */
function printMoments(what: string, startedAt: number, times: readonly number[]): void {
  const [half, last] = [percentile(times, 0.5) - startedAt, percentile(times, 1) - startedAt];
  const rate = (times.length * 1000) / last;
  process.stdout.write(
    `${what}: half after ${seconds(half)}, all after ${seconds(last)}; ${rate.toFixed(1)} per second\n`,
  );
}

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
    const adoptedAt: number[] = [];
    const begin = async (): Promise<OrderUnderTest> => {
      const order = newOrder(worker);
      order.script('findPredecessorRun', (search) => recovery.findPredecessorRun(search));
      const broker = orderAtBroker(order.id, 1);
      await order.deliver({ ...whole(broker, 'NEW'), initiationFlow: 'SAVINGS_PLAN' });
      adoptedAt.push(Date.now());
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
    const firstCalls = (name: 'findPredecessorRun' | 'emitOrderEvents'): number[] =>
      orders.map((order) => order.calls(name)[0]?.at ?? NaN);
    process.stdout.write(`${orders.length} orders, with activities that do nothing\n`);
    printMoments('adopted', startedAt, adoptedAt);
    printMoments('started', startedAt, firstCalls('findPredecessorRun'));
    printMoments('first event sent', startedAt, firstCalls('emitOrderEvents'));

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

describe('the deployed processes', () => {
  let servers: Infrastructure;
  let deployment: Deployment;
  beforeAll(async () => {
    servers = await startInfrastructure(quiet);
    const variables = { ESW_EVENT_DETAIL: 'portfolio', POLICY_TRADING_HOURS: 'off' };
    deployment = await startDeployment({ variables, servers });
  }, 120_000);
  afterAll(async () => {
    await deployment.stop();
    await servers.stop();
  });

  it(
    `${ADOPTIONS} orders that Upvest starts at once are acknowledged, adopted and sent to ESW, each once`,
    async () => {
      const { upvest, esw } = deployment;
      const roots = {
        worker: deployment.pidOf('worker'),
        server: deployment.pidOf('server'),
        ...servers.roots,
      };
      const before = readCpu(roots);
      const startedAt = Date.now();
      for (let order = 0; order < ADOPTIONS; order += 1) {
        const accountId = randomUUID();
        upvest.control.configureAccount(accountId, { children: 1, scenario: 'WAITS_IN_NEW' });
        upvest.control.initiate({ userId: randomUUID(), accountId, cashAmount: '500.00' });
        if (order % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await until('NEW of every order at ESW', () => esw.control.counts().accepted === ADOPTIONS, LIMIT_MS);

      const after = readCpu(roots);
      const perOrder = Object.entries(after).map(
        ([name, ms]) => `${name} ${((ms - before[name as keyof typeof before]) / ADOPTIONS).toFixed(1)}`,
      );
      const taken = upvest.control.deliveries().filter(({ status }) => status === 200);
      const attempts = Math.max(...taken.map(({ attempt }) => attempt));
      process.stdout.write(
        `${servers.description.join('; ')}\n` +
          `${ADOPTIONS} orders, by ${taken.length} webhook requests to one server and one worker, ${attempts} attempts at most\n`,
      );
      process.stdout.write(`processor time per order, ms: ${perOrder.join(', ')}\n`);
      const acknowledged = taken.flatMap(({ at, eventIds }) => eventIds.map(() => Date.parse(at)));
      printMoments('acknowledged', startedAt, acknowledged);
      const events = esw.control.events();
      printMoments(
        'first event at ESW',
        startedAt,
        events.map(({ receivedAt }) => Date.parse(receivedAt)),
      );

      const references = upvest.control.portfolioOrders().map(({ portfolioOrder: { id } }) => id);
      expect(events.map(({ body }) => body.brandOrderReference).sort()).toEqual([...references].sort());
      expect(esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0, replayed: 0 });
    },
    LIMIT_MS,
  );
});
