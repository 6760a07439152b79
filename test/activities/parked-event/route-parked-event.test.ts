/** Routing of parked events: lookups at the simulated Upvest over HTTP, and the real delivery to orders' workflows. */
import { randomUUID } from 'node:crypto';
import { createParkedEventActivities } from '../../../activities/parked-event/route-parked-event';
import { createOrderSignals } from '../../../src/app/orders/deliver';
import { packRaw } from '../../../src/app/parked-events/raw-event';
import {
  createEventRouter,
  type EventRouter,
  type RoutedEvent,
} from '../../../src/upvest/webhooks/event-router';
import type { BrokerEvent } from '../../../simulators/upvest';
import { attempt } from '../../support/activity-attempts';
import { newOrder, orderSettings, type OrderUnderTest } from '../../support/order-under-test';
import { recordOf } from '../../support/recorded-outcome';
import { startStubWorker, type StubWorker } from '../../support/stub-worker';
import { closeTemporal } from '../../support/temporal';
import { truthAt } from '../../support/upvest-truth';
import { startUpvest, type UpvestUnderTest } from '../../support/upvest-under-test';
import { until } from '../../support/until';
import { execution, order as orderObject } from '../../upvest/webhooks/event-fixture';
import type { ParkedEventInput } from '../../../contracts/parked-event';

let worker: StubWorker;
let upvest: UpvestUnderTest;
beforeAll(async () => {
  [worker, upvest] = await Promise.all([startStubWorker(), startUpvest()]);
});
afterAll(async () => {
  await Promise.all([worker.stop(), upvest.stop()]);
  await closeTemporal();
});

function routing(router?: EventRouter) {
  const { client, taskQueue } = worker;
  const activities = createParkedEventActivities({
    decisions: { add: () => Promise.reject(new Error('routing decides nothing')) },
    inbox: createOrderSignals(client, taskQueue, orderSettings(worker)),
    router:
      router ??
      createEventRouter({
        upvest: upvest.client,
        lookupTimeLimitMs: 10_000,
        looksUpRebalancings: true,
        now: Date.now,
      }),
  });
  return (input: ParkedEventInput) => activities.routeParkedEvent(input);
}

/** Result of one attempt to route these events; several form the list of one request. */
async function route(events: unknown, route = routing()) {
  const receivedAt = new Date().toISOString();
  const raw = typeof events === 'string' ? events : JSON.stringify(events);
  const parked = { eventId: randomUUID(), reason: 'UNROUTED', detail: 'a test', receivedAt, ...packRaw(raw) };
  return (await attempt(route, parked as ParkedEventInput)).result;
}

const done = (value: unknown) => ({ status: 'fulfilled', value });
const newEvent = (type: string, object: unknown) => ({ id: randomUUID(), type, object });
const lostExecution = () =>
  newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });

/** An order started by Upvest that is settled there, without any delivered webhook. */
async function settledAtBroker(): Promise<{ id: string; events: BrokerEvent[]; order: OrderUnderTest }> {
  const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '500.00' };
  const { id } = upvest.control.initiate(draft).portfolioOrder;
  await until('the broker to settle', () => truthAt(upvest.control, id).status === 'SETTLED');
  return { id, events: upvest.control.portfolioOrder(id).events, order: newOrder(worker, { id }) };
}

async function expectAsAtBroker(order: OrderUnderTest): Promise<void> {
  await order.handle.result();
  expect(recordOf(await order.view())).toEqual(truthAt(upvest.control, order.id));
}

/** An order without a portfolio order, or with one that cannot be known yet. */
const strayOrder = (more: object) =>
  newEvent('ORDER.NEW', {
    ...orderObject,
    id: randomUUID(),
    created_at: new Date(Date.now() - 3_600_000).toISOString(),
    executions: [],
    ...more,
  });

describe('one event', () => {
  it('goes to its order', async () => {
    const { id, events, order } = await settledAtBroker();
    expect(await route(events[0])).toEqual(done({ outcome: 'routed', portfolioOrderId: id }));
    await order.viewWhen('the event', ({ status }) => status !== undefined);
    await order.handle.terminate('the test has seen enough');
  });

  it('of an unknown type is kept, with the reason', async () => {
    const why = expect.stringContaining('NEWS.PUBLISHED') as string;
    expect(await route(newEvent('NEWS.PUBLISHED', {}))).toEqual(done({ outcome: 'kept', why }));
  });

  it('that is not JSON is kept, with the reason', async () => {
    expect(await route('{')).toEqual(done({ outcome: 'kept', why: 'it is no JSON list of events' }));
  });

  it('of an unrelated order ends', async () => {
    const foreign = strayOrder({ initiation_flow: 'API', client_reference: randomUUID() });
    expect(await route(foreign)).toEqual(done({ outcome: 'foreign', flow: 'API' }));
  });

  it('whose order Upvest does not know fails the attempt, which is retried', async () => {
    expect(await route(lostExecution())).toMatchObject({
      status: 'rejected',
      reason: {
        type: 'UNROUTED',
        nonRetryable: false,
        message: expect.stringContaining('does not know') as string,
      },
    });
  });

  it('while Upvest is unavailable fails the attempt, which is retried', async () => {
    upvest.control.setOutage(true);
    const result = await route(lostExecution());
    upvest.control.clearFaults();
    expect(result).toMatchObject({ status: 'rejected', reason: { type: 'UNROUTED', nonRetryable: false } });
  });
});

describe('events of a finished order', () => {
  it('that it already had end; a new mistrade waits for an operator', async () => {
    const { events, order } = await settledAtBroker();
    expect(await route(events)).toEqual(done({ outcome: 'all-dealt-with', events: events.length }));
    await expectAsAtBroker(order);
    expect(await route([events[0], events[1]])).toEqual(done({ outcome: 'redundant' }));

    const settled = events.find(({ type }) => type === 'EXECUTION.SETTLED');
    const mistrade = newEvent('EXECUTION.CANCELLED', { ...settled?.object, status: 'CANCELLED' });
    const why = expect.stringMatching(/^LATE, .*CANCELLED/) as string;
    expect(await route(mistrade)).toEqual(done({ outcome: 'kept', why }));
  });
});

describe('several events of one request', () => {
  it('go to their orders as those become known; the rest is kept', async () => {
    const { events, order } = await settledAtBroker();
    const lost = lostExecution();
    expect(await route([lost, ...events])).toEqual(
      done({
        outcome: 'partly',
        rest: { raw: JSON.stringify([lost]) },
        why: expect.stringContaining('EXECUTION.FILLED') as string,
      }),
    );
    await expectAsAtBroker(order);
  });

  it('end together when all of them are processed', async () => {
    const { events, order } = await settledAtBroker();
    const foreign = strayOrder({ initiation_flow: 'SELL_TO_COVER_FEES', client_reference: '' });
    expect(await route([foreign, ...events])).toEqual(
      done({ outcome: 'all-dealt-with', events: events.length + 1 }),
    );
    await expectAsAtBroker(order);
  });
});

it('no more than twenty attempts run at once: others are delayed by one to ten seconds, and leave slots free', async () => {
  let letGo = (): void => undefined;
  const free = new Promise<RoutedEvent[]>((resolve) => {
    letGo = () => {
      resolve([]);
    };
  });
  const slow = routing({ route: () => free });
  const running = Array.from({ length: 20 }, () => route(lostExecution(), slow));
  const [more] = await Promise.all([route(lostExecution(), slow)]);
  expect(more).toMatchObject({ status: 'rejected', reason: { type: 'Busy', nonRetryable: false } });
  const { nextRetryDelay } = (more as { reason: { nextRetryDelay: number } }).reason;
  expect(nextRetryDelay).toBeGreaterThanOrEqual(1_000);
  expect(nextRetryDelay).toBeLessThanOrEqual(10_000);
  letGo();
  await Promise.all(running);
  expect(await route(lostExecution(), slow)).toMatchObject({ status: 'fulfilled' });
});
