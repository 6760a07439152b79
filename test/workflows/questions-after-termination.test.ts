/** A workflow that was terminated by mistake heals: nothing is forgotten, and ESW is told nothing twice. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Stack } from '../../src/cli/dev-stack';
import type { portfolioOrder } from '../../workflows';
import { portfolioOrderWorkflowId, reconcileUpdate } from '../../workflows/messages';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { finished, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  EVERY_STATE,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  handleOf,
  place,
  tell,
  timeline,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({ deadlines: FAR_DEADLINES });
});
afterEach(() => {
  stack.esw.control.setOutage(undefined);
  stack.esw.control.clearFaults();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

function deletesOf(id: string): number {
  const calls = stack.upvest.control.requests({ method: 'DELETE', path: '/portfolios/orders/{id}' });
  return calls.filter(({ url }) => url.endsWith(id)).length;
}

const terminate = (id: string) => handleOf(stack, id).terminate('by mistake');

/** An order that is FILLED, of which ESW knows everything so far. */
async function filled() {
  const placed = await place(stack, { scenario: 'WAITS_IN_FILLED' });
  await viewWhen(stack, placed.id, 'ESW’s answers', ({ fulfillment }) => fulfillment.accepted.length === 3);
  return placed;
}

/** An order of the broker’s own that waits in FILLED, all of whose messages came while no worker was there. */
async function filledUnseen(): Promise<string> {
  const accountId = randomUUID();
  stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_FILLED' });
  const draft = { userId: randomUUID(), accountId, cashAmount: '50.00' };
  const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
  await until('the broker to fill', () => truthOf(stack, id).status === 'FILLED');
  await stack.upvest.control.whenDelivered();
  return id;
}

/** What ESW was sent more than once of an order and its children. */
function sentTwice(reference: string): unknown[] {
  const told = [{ reference }, { parent: reference }].flatMap((which) => stack.esw.control.events(which));
  return told.filter(({ replays }) => replays > 0);
}

async function healed(referenceOrId: string, id: string) {
  const { order } = await finished(stack, referenceOrId, 20_000);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.findings).toEqual([]);
  expect(order.attention).toEqual([]);
  expect((await timeline(stack, id)).map(({ rule }) => rule)).toContain('recovery:resumed');
  return order;
}

describe('after some events', () => {
  it('the next webhook goes on with record, reference and what ESW has accepted', async () => {
    const { reference, id, accountId } = await filled();
    const before = await timeline(stack, id);
    await terminate(id);
    stack.upvest.control.proceed(id);
    const order = await healed(reference, id);
    expect(order).toMatchObject({ origin: 'placed', reference, accountId, status: 'SETTLED', run: 2 });
    expect(order.fulfillment.accepted.map(({ status }) => status)).toEqual([
      'NEW',
      'PROCESSING',
      'FILLED',
      'SETTLED',
    ]);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    expect(sentTwice(reference)).toEqual([]);
    const after = await timeline(stack, id);
    for (const step of before) expect(after).toContainEqual(step);
  });

  it('what was told while nobody listened is read at Upvest', async () => {
    const { reference, id, accountId } = await filled();
    await terminate(id);
    const [first] = truthOf(stack, id).orders[0]?.executions ?? [];
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
    stack.upvest.control.proceed(id);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    // One of eleven webhooks comes through.
    const { events } = stack.upvest.control.portfolioOrder(id);
    const one = events.find(
      ({ type, object }) => type === 'EXECUTION.SETTLED' && (object as { id: string }).id === first?.id,
    );
    await stack.upvest.control.sendRaw({ events: [one] });
    const order = await healed(reference, id);
    expect(order.status).toBe('SETTLED');
    expect(order.questions.missed).toBe(1);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('an operator’s reconcile does the same as a webhook', async () => {
    const { reference, id, accountId } = await filled();
    await terminate(id);
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
    stack.upvest.control.proceed(id);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    const { orderTaskQueue, order: settings } = stack.config;
    await stack.client.workflow.executeUpdateWithStart(reconcileUpdate, {
      args: [{ actor: 'ada', reason: 'it was terminated' }],
      startWorkflowOperation: new WithStartWorkflowOperation<typeof portfolioOrder>('portfolioOrder', {
        workflowId: portfolioOrderWorkflowId(id),
        taskQueue: orderTaskQueue,
        args: [{ ...settings, portfolioOrderId: id }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      }),
    });
    expect((await healed(reference, id)).status).toBe('SETTLED');
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('what was on its way to ESW goes out again with the same bytes', async () => {
    stack.esw.control.addFault({ kind: 'accept-then-drop', match: { status: 'Created' } });
    const placed = await place(stack, { scenario: 'WAITS_IN_FILLED' });
    const { reference, id } = placed;
    await until('ESW to have the first event', () => statusesAtEsw(stack, reference).length === 1);
    stack.esw.control.setOutage('unavailable');
    await viewWhen(stack, id, 'FILLED', ({ status }) => status === 'FILLED');
    await terminate(id);
    stack.esw.control.setOutage(undefined);
    stack.upvest.control.proceed(id);
    await healed(reference, id);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('a webhook that comes again shows nothing new, and is no new order', async () => {
    const { reference, id } = await filled();
    await terminate(id);
    await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.NEW'));
    stack.upvest.control.proceed(id);
    await finished(stack, reference, 10_000);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    expect(statusesAtEsw(stack, id)).toEqual([]);
  });

  it('twice, at once: the second run had not looked back yet', async () => {
    const { reference, id } = await filled();
    await stack.stopWorker();
    await terminate(id);
    stack.upvest.control.changeSettlementDate(id, '2034-03-01');
    await stack.upvest.control.whenDelivered();
    await terminate(id);
    await stack.startWorker();
    stack.upvest.control.proceed(id);
    const order = await healed(reference, id);
    expect(order).toMatchObject({ origin: 'placed', reference, status: 'SETTLED' });
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('twice, one after the other', async () => {
    const { reference, id } = await filled();
    await terminate(id);
    stack.upvest.control.changeSettlementDate(id, '2034-03-01');
    await viewWhen(
      stack,
      id,
      'the second run',
      ({ run, questions }) => run === 2 && questions.nothingNew > 0,
    );
    await terminate(id);
    stack.upvest.control.proceed(id);
    const order = await healed(reference, id);
    expect(order).toMatchObject({ origin: 'placed', reference, status: 'SETTLED', run: 3 });
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });
});

describe('before its first task was done', () => {
  beforeEach(() => stack.stopWorker());

  it('its messages are taken up again', async () => {
    const id = await filledUnseen();
    await terminate(id);
    await stack.startWorker();
    stack.upvest.control.proceed(id);
    const order = await healed(id, id);
    expect(order.origin).toBe('adopted');
    expectEachOnceAtEsw(stack, id, EVERY_STATE);
  });

  it('its placement, too, with the cancel that it brought', async () => {
    const { client, config } = stack;
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW', webhooks: 'none' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50.00', initiationFlow: 'API' };
    const { portfolioOrder: order } = stack.upvest.control.initiate(draft);
    const reference = `placed-${order.id}`;
    await createOrderInbox(client, config.orderTaskQueue, config.order).handOver({
      reference,
      requestedAt: order.created_at,
      observation: {
        subject: 'portfolio-order',
        source: { kind: 'placement' },
        at: order.created_at,
        status: 'NEW',
        id: order.id,
        accountId,
        cashAmount: order.cash_amount,
        currency: order.currency,
        initiationFlow: order.initiation_flow,
        orders: [],
      },
      cancel: { actor: 'ada', reason: 'too early' },
    });
    await terminate(order.id);
    await stack.startWorker();
    await stack.client.workflow.executeUpdateWithStart(reconcileUpdate, {
      args: [{ actor: 'ada', reason: 'it was terminated' }],
      startWorkflowOperation: new WithStartWorkflowOperation<typeof portfolioOrder>('portfolioOrder', {
        workflowId: portfolioOrderWorkflowId(order.id),
        taskQueue: config.orderTaskQueue,
        args: [{ ...config.order, portfolioOrderId: order.id }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      }),
    });
    const taken = await viewWhen(stack, order.id, 'NEW', ({ status }) => status === 'NEW');
    expect(taken).toMatchObject({ origin: 'placed', reference });
    await until('the DELETE', () => deletesOf(order.id) > 0, 8_000);
    await until('the broker to cancel', () => truthOf(stack, order.id).status === 'CANCELLED');
    await tell(stack, eventsOf(stack, order.id, 'PORTFOLIO_ORDER.CANCELLED'));
    const { cancel } = await viewWhen(
      stack,
      order.id,
      'the cancel',
      ({ status }) => status === 'CANCELLED',
      8_000,
    );
    expect(cancel).toMatchObject({ actor: 'ada', reason: 'too early' });
    await finished(stack, order.id);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  });
});

it('an order that is younger than that has no past, and asks nobody about it', async () => {
  const { reference, id } = await place(stack);
  await finished(stack, reference);
  const { events } = await handleOf(stack, id).fetchHistory();
  const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  expect(names).not.toContain('findEarlierRun');
});
