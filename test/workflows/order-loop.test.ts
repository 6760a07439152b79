/** The loop of an order's workflow: observations in, transitions and OrderEvents out, until everything is settled. */
import { historyOf, historyOfAllRuns, summarizeHistory } from '../support/history';
import { child, execution, executionOf, processedToSettled, stages, whole } from '../support/observations';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, showing, waitOf } from '../support/tracked-order';
import { until } from '../support/until';
import { stateQuery, reconcileUpdate, timelineQuery } from '../../contracts/portfolio-order';

const KIB = 1024;

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

it('follows a placed order until it is settled, and emits each status once, in order', async () => {
  const tracked = await placeOrder(worker);
  await tracked.order.deliver(...processedToSettled(tracked.broker));
  await expectSettled(tracked);
  expectEachOnceSent(tracked.order, tracked.reference, EVERY_STATE);
});

it('asks nothing on the happy way, and stays within the budget of 40 + 10 per request', async () => {
  const tracked = await placeOrder(worker, { children: 5 });
  const { order, broker, reference } = tracked;
  const { PROCESSING, FILLED, SETTLED } = stages(broker);
  const requests = [[whole(broker, 'NEW')], PROCESSING.slice(0, 1), PROCESSING.slice(1), FILLED, SETTLED];
  for (const request of requests) await order.deliver(...request);
  const { questions, findings } = await expectSettled(tracked);
  expect(findings).toEqual([]);
  expect(questions).toEqual({ missed: 0, nothingNew: 0, failed: 0 });
  expect(order.calls('readPortfolioOrder')).toEqual([]);
  const history = summarizeHistory(await historyOf(worker.client, order.workflowId));
  expect(new Set(history.activities)).toEqual(new Set(['emitOrderEvents', 'saveRecord']));
  expect(history.activities.filter((name) => name === 'saveRecord')).toHaveLength(1);
  expect(history.events).toBeLessThanOrEqual(40 + 10 * requests.length);
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('keeps an order of 60 children within the budgets of events and payloads, and answers its queries', async () => {
  const children = 60;
  const tracked = await placeOrder(worker, { children });
  const { order, broker } = tracked;
  const executed = broker.children.map((_, index) => execution(broker, index, 'FILLED'));
  const { PROCESSING, FILLED, SETTLED } = stages(broker);
  const events = [whole(broker, 'NEW'), ...PROCESSING, ...FILLED, ...executed, ...SETTLED];
  expect(events).toHaveLength(4 + 5 * children);
  const requests = 25;
  const size = Math.ceil(events.length / requests);
  for (let n = 0; n < requests; n += 1) await order.deliver(...events.slice(n * size, (n + 1) * size));
  const { progress } = await expectSettled(tracked);
  expect(progress).toMatchObject({
    orders: children,
    final: children,
    executions: children,
    settled: children,
  });

  const history = summarizeHistory(await historyOfAllRuns(worker.client, order.workflowId));
  expect(history.events).toBeLessThanOrEqual(40 + 10 * history.signals.length);
  expect(history.largestEvent).toBeLessThan(512 * KIB);
  expect((await order.view()).orders).toHaveLength(children);
  expect(await order.handle.query(timelineQuery, { offset: 4 * children })).not.toHaveLength(0);
  // Not packed yet, as that of an order of 500 children is (`test/soak/large-order.test.ts`).
  expect(JSON.stringify(await order.handle.query(stateQuery)).length).toBeLessThan(100 * KIB);
});

describe('in visibility', () => {
  const found = (query: string) => async () => (await worker.client.workflow.count(query)).count === 1;
  const gone = (query: string) => async () => (await worker.client.workflow.count(query)).count === 0;

  it('an order can be found by what needs attention, for as long as it does', async () => {
    const tracked = await placeOrder(worker);
    const { order, broker } = tracked;
    const query = `PortfolioOrderId = '${order.id}' AND Attention = 'UNKNOWN_TO_BROKER'`;
    order.script('readPortfolioOrder', () => ({ kind: 'unknown-order' }));
    await order.decide(reconcileUpdate);
    await until('visibility', found(query));
    showing(tracked, 'NEW');
    await order.decide(reconcileUpdate);
    await until('visibility', gone(query));
    await order.deliver(...processedToSettled(broker));
    await expectSettled(tracked);
  });

  it('an order can be found by the day on which it is to be settled', async () => {
    const tracked = await placeOrder(worker, { deadlines: { spreadMs: 0 } });
    const { order, broker } = tracked;
    const settlementDate = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const children = broker.children.map((_, index) =>
      child(broker, index, 'FILLED', {
        executions: [executionOf(broker, index, 'FILLED', { settlementDate })],
      }),
    );
    await order.deliver(...stages(broker).PROCESSING, ...children, whole(broker, 'FILLED'));
    const { asksAt } = await waitOf(tracked, 'deadline:settlement');
    // 18:00 in Berlin, in winter or in summer.
    expect([17, 16].map((hour) => Date.parse(`${settlementDate}T${hour}:00:00.000Z`))).toContain(asksAt);
    const query = `PortfolioOrderId = '${order.id}' AND SettlementDue >= '${settlementDate}T16:00:00Z'`;
    await until('visibility', found(query));
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
  });
});
