/** Messages arrive early, twice, out of order and at the last moment; the record and the events at ESW stay the same. */
import { randomUUID } from 'node:crypto';
import { MAX_PARTS } from '../../src/domain/broker/record';
import { readEvent, type ObservationEvent } from '../../src/upvest/webhooks/read-event';
import { historyOf, summarizeHistory } from '../support/history';
import {
  byPlacement,
  orderAtBroker,
  processedToSettled,
  readOf,
  stages,
  whole,
} from '../support/observations';
import { newOrder, placementResultAs } from '../support/order-under-test';
import { held } from '../support/stub-activities';
import { EVERY_STATE, expectEachOnceSent, sentTwice } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, track, type TrackedOrder } from '../support/tracked-order';
import { until } from '../support/until';
import { searchAttributes } from '../../contracts/search-attributes';
import { reconcileUpdate } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** Checks that the order settled as at the broker, without findings, and that ESW has each event once. */
async function expectAsAtBroker(tracked: TrackedOrder) {
  const view = await expectSettled(tracked);
  expect(view.findings).toEqual([]);
  expectEachOnceSent(tracked.order, tracked.reference, EVERY_STATE);
  expect(sentTwice(tracked.order)).toEqual([]);
  return view;
}

describe('webhooks', () => {
  it.each([
    ['the first of them', 1],
    ['nearly all of them', 15],
  ])('overtake the handoff, %s', async (_what, ahead) => {
    const order = newOrder(worker);
    const broker = { ...orderAtBroker(order.id, 3), isDated: true };
    const events = [whole(broker, 'NEW'), ...processedToSettled(broker)];
    await order.deliver(...events.slice(0, ahead));
    const early = await order.viewWhen('the first webhook', ({ status }) => status !== undefined);
    expect(early.origin).toBe('open');
    expect(order.sent()).toEqual([]);
    const placed = placementResultAs(whole(broker, 'NEW', { source: byPlacement() }));
    await order.handOff(placed);
    await order.deliver(...events.slice(ahead));

    const view = await expectAsAtBroker({ order, broker, reference: placed.reference });
    expect(view.origin).toBe('placed');
    const { signals } = summarizeHistory(await historyOf(worker.client, order.workflowId));
    expect(signals[0]).toBe('brokerEvents');
    expect(signals).toContain('placed');
  });

  it.each([
    ['in their order', false],
    ['in reverse', true],
  ])('come %s in 8 batches, each twice', async (_how, isReversed) => {
    const tracked = await placeOrder(worker, { children: 5 });
    const events = processedToSettled(tracked.broker);
    const size = Math.ceil(events.length / 8);
    const batches = Array.from({ length: 8 }, (_, n) => events.slice(n * size, (n + 1) * size));
    if (isReversed) batches.reverse();
    // All but the last one are processed before the order ends.
    for (const batch of batches) {
      await tracked.order.deliver(...batch);
      expect(['delivered', 'redundant']).toContain((await tracked.order.offer(...batch)).kind);
    }
    await expectAsAtBroker(tracked);
  });

  it('that change nothing are reported as duplicates by a finished order', async () => {
    const tracked = await placeOrder(worker);
    const events = processedToSettled(tracked.broker);
    await tracked.order.deliver(...events);
    await expectAsAtBroker(tracked);
    expect(await tracked.order.offer(...events)).toEqual({ kind: 'redundant' });
  });
});

describe('a reconciliation', () => {
  it.each(['NEW', 'PROCESSING', 'FILLED'] as const)(
    'of %s is in progress when webhooks end the order: the order ends without the answer',
    async (status) => {
      const tracked = await placeOrder(worker);
      const { order, broker } = tracked;
      const { PROCESSING, FILLED } = stages(broker);
      const known = { NEW: [], PROCESSING, FILLED: [...PROCESSING, ...FILLED] }[status];
      if (known.length > 0) await order.deliver(...known);
      const answer = held(() => readOf(broker, status));
      order.script('readPortfolioOrder', answer.script);
      await order.decide(reconcileUpdate);
      await until('the reconciliation', () => order.calls('readPortfolioOrder').length > 0);
      await order.deliver(...processedToSettled(broker).slice(known.length));
      const { questions } = await expectAsAtBroker(tracked);
      expect(questions).toEqual({ missed: 0, nothingNew: 0, failed: 0 });
      answer.release();
    },
  );
});

it('an invalid signal on its own raises its attention at once', async () => {
  const { order } = await placeOrder(worker);
  await order.viewWhen('ESW’s answer', ({ fulfillment }) => fulfillment.accepted.length === 1);
  await order.handle.signal('brokerEvents', ['no observation']);
  await until('the attention in the index', async () => {
    const { typedSearchAttributes } = await order.handle.describe();
    return typedSearchAttributes.get(searchAttributes.attention)?.includes('UNUSABLE_MESSAGE');
  });
});

describe('the largest webhook', () => {
  const LIMIT = 1400 * 1024;

  /** As many of these events as a webhook can have. */
  function batch(next: () => object): ObservationEvent[] {
    const events: ObservationEvent[] = [];
    for (let bytes = 20; ;) {
      const raw = next();
      bytes += JSON.stringify(raw).length + 1;
      if (bytes > LIMIT) return events;
      const read = readEvent(raw, new Date().toISOString());
      if (read.kind !== 'observation') throw new Error(read.detail);
      events.push(read);
    }
  }

  it('does not hold up the worker; parts beyond the limit raise an attention (14.29)', async () => {
    const order = track({ order: newOrder(worker) }).order;
    const child = { initiation_flow: 'PORTFOLIO', client_reference: order.id };
    const events = batch(() => ({
      id: randomUUID().slice(0, 8),
      type: 'ORDER.NEW',
      object: { id: randomUUID().slice(0, 13), status: 'NEW', ...child },
    }));
    expect(events.length).toBeGreaterThan(2 * MAX_PARTS);
    const object = { id: order.id, status: 'NEW', initiation_flow: 'PORTFOLIO_REBALANCING' };
    const parent = readEvent({ id: 'e-1', type: 'PORTFOLIO_ORDER.NEW', object }, new Date().toISOString());
    if (parent.kind !== 'observation') throw new Error(parent.detail);
    const observations = events.map(({ observation }) => observation);
    await order.deliver(...observations, parent.observation);

    const { orders, attention } = await order.viewWhen('the last event', ({ status }) => status === 'NEW');
    expect(orders).toHaveLength(MAX_PARTS);
    expect(attention).toContain('UNUSABLE_MESSAGE');
    const failed = (await historyOf(worker.client, order.workflowId)).filter(
      (event) => event.workflowTaskFailedEventAttributes ?? event.workflowTaskTimedOutEventAttributes,
    );
    expect(failed).toEqual([]);
    await order.handle.terminate('seen');
  });
});
