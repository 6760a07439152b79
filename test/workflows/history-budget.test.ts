/**
 * Limits for an order's history, for any number of children, when its webhook events arrive in 8 requests and ESW gets an
 * event for each status of each child. `history-budget.suite.ts` checks the whole product against the same limits.
 */
import { randomUUID } from 'node:crypto';
import type { Observation } from '../../src/domain/broker/observation';
import { startPlacement } from '../../src/app/placements/start-placement';
import { expectWithinBudget } from '../support/history-budget';
import {
  byPlacement,
  execution,
  orderAtBroker,
  processedToSettled,
  whole,
  type OrderAtBroker,
} from '../support/observations';
import { newOrder, placementResultAs } from '../support/order-under-test';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, uniqueName } from '../support/temporal';
import { placementWorkflowId } from '../../contracts/placement';

const REQUESTS = 8;

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** Every webhook event of an order: four for itself, and five for each child with its execution. */
function webhookEvents(broker: OrderAtBroker): Observation[] {
  const indexOf = (id: string): number => broker.children.findIndex((child) => child.id === id);
  const events = processedToSettled(broker).flatMap((one) =>
    one.subject === 'order' && one.status === 'FILLED'
      ? [one, execution(broker, indexOf(one.id), 'FILLED')]
      : [one],
  );
  return [whole(broker, 'NEW'), ...events];
}

it.each([10, 30])('stays within the history budget of 8 requests, with %d children', async (children) => {
  const order = newOrder(worker);
  const broker = orderAtBroker(order.id, children);
  const reference = uniqueName('order');
  const observation = whole(broker, 'NEW', { source: byPlacement() });
  const requestedAt = broker.createdAt;
  worker.script(placementWorkflowId(reference), 'placeAtBroker', async () => {
    await order.handOff(placementResultAs(observation, { reference, requestedAt }));
    return { observation, handedOff: 'handed-off', savedAt: Date.now() };
  });
  await startPlacement(worker.client, worker.taskQueue, {
    reference,
    request: {
      userId: randomUUID(),
      accountId: broker.accountId,
      cashAmount: '1000.00',
      currency: 'EUR',
      side: 'BUY',
      postTax: false,
    },
    requestedAt,
    attempt: 1,
    order: order.settings,
  });
  await worker.client.workflow.getHandle(placementWorkflowId(reference)).result();

  const events = webhookEvents(broker);
  expect(events).toHaveLength(4 + 5 * children);
  const size = Math.ceil(events.length / REQUESTS);
  for (let request = 0; request < REQUESTS; request += 1)
    await order.deliver(...events.slice(request * size, (request + 1) * size));
  expect((await order.handle.result()).outcome).toBe('SETTLED');
  expectEachOnceSent(order, reference, EVERY_STATE);
  // The portfolio order has four statuses, and each child NEW, PROCESSING and FILLED.
  expect(order.sent()).toHaveLength(4 + 3 * children);
  await expectWithinBudget(worker.client, { id: order.id, reference, requests: REQUESTS });
});
