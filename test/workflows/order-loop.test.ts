/** The loop of an order's workflow: observations in, transitions and OrderEvents out, until everything is settled. */
import { byPlacement, orderAtBroker, processedToSettled, whole } from '../support/observations';
import { newOrder, placedAs } from '../support/order-under-test';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

it('follows a placed order until it is settled, and emits each status once, in order', async () => {
  const order = newOrder(worker);
  const broker = orderAtBroker(order.id);
  await order.handOver(placedAs(whole(broker, 'NEW', { source: byPlacement() })));
  await order.deliver(...processedToSettled(broker));
  const outcome = await order.handle.result();
  expect(outcome.outcome).toBe('SETTLED');
  const own = order.sent().filter(({ body }) => body.parentBrandOrderReference === undefined);
  expect(own.map(({ status }) => status)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
});
