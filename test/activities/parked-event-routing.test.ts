/** Routing of parked events: questions to the simulated Upvest over HTTP, and the real way into orders' workflows. */
import { randomUUID } from 'node:crypto';
import { createCoordinationActivities } from '../../activities/coordination';
import { createPlacementDirectory } from '../../activities/placement-directory';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { packRaw } from '../../src/temporal/raw-event';
import { createEventRouter, type EventRouter, type RoutedEvent } from '../../src/upvest/event-router';
import type { BrokerEvent } from '../../src/simulator/upvest';
import type { ParkedEventInput } from '../../workflows/messages';
import { attempt } from '../support/activity-attempts';
import { newOrder, orderSettings, type OrderUnderTest } from '../support/order-under-test';
import { recordOf } from '../support/recorded-outcome';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { truthAt } from '../support/upvest-truth';
import { startUpvest, type UpvestUnderTest } from '../support/upvest-under-test';
import { until } from '../support/until';
import { execution, order as orderObject } from '../upvest/event-fixture';

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
  const activities = createCoordinationActivities({
    inbox: createOrderInbox(client, taskQueue, orderSettings(worker)),
    placements: createPlacementDirectory(client),
    router:
      router ??
      createEventRouter({
        upvest: upvest.client,
        questionBudgetMs: 10_000,
        asksForRebalancings: true,
        now: Date.now,
      }),
  });
  return (input: ParkedEventInput) => activities.routeParkedEvent(input);
}

/** What one attempt to route these comes to; several are a list of one request. */
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

/** An order of Upvest's own that is settled there, and of which nothing was delivered. */
async function settledAtBroker(): Promise<{ id: string; events: BrokerEvent[]; order: OrderUnderTest }> {
  const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '500.00' };
  const { id } = upvest.control.initiate(draft).portfolioOrder;
  await until('the broker to settle', () => truthAt(upvest.control, id).status === 'SETTLED');
  return { id, events: upvest.control.portfolioOrder(id).events, order: newOrder(worker, { id }) };
}

async function isInTruth(order: OrderUnderTest): Promise<void> {
  await order.handle.result();
  expect(recordOf(await order.view())).toEqual(truthAt(upvest.control, order.id));
}

/** An order that no portfolio order has made, or none that can be known by now. */
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

  it('of an unknown type is kept, with why', async () => {
    const why = expect.stringContaining('NEWS.PUBLISHED') as string;
    expect(await route(newEvent('NEWS.PUBLISHED', {}))).toEqual(done({ outcome: 'kept', why }));
  });

  it('that is no JSON is kept, with why', async () => {
    expect(await route('{')).toEqual(done({ outcome: 'kept', why: 'it is no JSON list of events' }));
  });

  it('of an order that is no business of ours ends', async () => {
    const foreign = strayOrder({ initiation_flow: 'API', client_reference: randomUUID() });
    expect(await route(foreign)).toEqual(done({ outcome: 'foreign', flow: 'API' }));
  });

  it('whose order Upvest does not know fails the attempt, to be tried again', async () => {
    expect(await route(lostExecution())).toMatchObject({
      status: 'rejected',
      reason: {
        type: 'UNROUTED',
        nonRetryable: false,
        message: expect.stringContaining('does not know') as string,
      },
    });
  });

  it('while Upvest is away fails the attempt, to be tried again', async () => {
    upvest.control.setOutage(true);
    const result = await route(lostExecution());
    upvest.control.clearFaults();
    expect(result).toMatchObject({ status: 'rejected', reason: { type: 'UNROUTED', nonRetryable: false } });
  });
});

describe('events of a finished order', () => {
  it('that it knew end; a mistrade that it did not know waits for an operator', async () => {
    const { events, order } = await settledAtBroker();
    expect(await route(events)).toEqual(done({ outcome: 'all-dealt-with', events: events.length }));
    await isInTruth(order);
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
    await isInTruth(order);
  });

  it('end together when all of them are dealt with', async () => {
    const { events, order } = await settledAtBroker();
    const foreign = strayOrder({ initiation_flow: 'SELL_TO_COVER_FEES', client_reference: '' });
    expect(await route([foreign, ...events])).toEqual(
      done({ outcome: 'all-dealt-with', events: events.length + 1 }),
    );
    await isInTruth(order);
  });
});

it('no more than twenty attempts run at once: others are put off for one to ten seconds, and leave slots free', async () => {
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
