/** What the workflow builds of unusual facts: amounts and texts that do not fit ESW's members. */
import type { Observation } from '../../src/domain/broker/observation';
import { eventTypes, historyOf } from '../support/history';
import { orderAtBroker, whole } from '../support/observations';
import { newOrder } from '../support/order-under-test';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import {
  brokerEventsSignal,
  skipEmissionUpdate,
  type PortfolioOrderWorkflow,
} from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

it('an amount with more digits than a JSON number holds is sent as text, and needs attention (14.8)', async () => {
  const order = newOrder(worker);
  const cashAmount = '12345678901234.56';
  const seen = whole(orderAtBroker(order.id), 'NEW', { initiationFlow: 'SAVINGS_PLAN', cashAmount });
  await order.deliver(seen);
  const view = await order.viewWhen('the event', ({ fulfillment }) => fulfillment.accepted.length > 0);
  expect(view.attentions).toMatchObject([{ code: 'LONG_AMOUNT', actions: ['acknowledge'] }]);
  expect(view.attentions[0]?.message).toContain(cashAmount);
  const [created] = order.sent();
  expect(created?.body).not.toHaveProperty('balances');
  expect(created?.body.metadataItems).toContainEqual({ name: 'Ordered-EUR', value: cashAmount });
});

it('a run of earlier rules parks the event with such an amount, so that its history replays (14.8)', async () => {
  const order = newOrder(worker);
  const seen = whole(orderAtBroker(order.id), 'NEW', {
    initiationFlow: 'SAVINGS_PLAN',
    cashAmount: '250.1234567',
  });
  await worker.client.workflow.signalWithStart<PortfolioOrderWorkflow, [Observation[]]>('portfolioOrder', {
    workflowId: order.workflowId,
    taskQueue: worker.taskQueue,
    args: [{ ...order.settings, portfolioOrderId: order.id, revision: 4 }],
    signal: brokerEventsSignal,
    signalArgs: [[seen]],
  });
  const { fulfillment } = await order.viewWhen('the reason', (view) => view.fulfillment.refused.length > 0);
  expect(fulfillment.refused[0]?.refusal.message).toMatch(/^Amount 250\.1234567 cannot be sent/);
});

describe('an event that cannot be built is parked with the reason and can be left out, and the workflow goes on (14.21)', () => {
  it('where a text is too long to be an id', async () => {
    const facts = { clientReference: 'x'.repeat(257) };
    const message = /^aggregateIds\.value has 257 characters, the maximum is 256$/;
    const order = newOrder(worker);
    const seen = whole(orderAtBroker(order.id), 'NEW', { initiationFlow: 'SAVINGS_PLAN', ...facts });
    await order.deliver(seen);
    const parked = await order.viewWhen('the reason', ({ fulfillment }) => fulfillment.refused.length > 0);
    expect(parked.attention).toEqual(['EMISSION_REFUSED']);
    expect(parked.fulfillment.refused).toMatchObject([{ status: 'NEW' }]);
    expect(parked.fulfillment.refused[0]?.refusal.message).toMatch(message);
    expect(parked.finished).toBe(false);
    expect(order.sent()).toEqual([]);
    const failures = eventTypes(await historyOf(worker.client, order.workflowId));
    expect(failures).not.toContain('WORKFLOW_TASK_FAILED');

    await order.decide(skipEmissionUpdate, { events: ['NEW'] });
    const { attention, fulfillment } = await order.view();
    expect({ attention, fulfillment }).toMatchObject({
      attention: [],
      fulfillment: { refused: [], skipped: [{ status: 'NEW' }] },
    });
  });
});
