/**
 * A workflow that was terminated by mistake recovers: its state is kept, and ESW gets no event twice. The activity that
 * searches for the predecessor run is the real one, on a real server.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { awayStore } from '../support/order-stores';
import { createRecoveryActivities } from '../../activities/tracking/recover-predecessor-run';
import { orderStart } from '../../src/app/orders/start-options';
import {
  byPlacement,
  child,
  executionOf,
  orderAtBroker,
  processedToSettled,
  stages,
  whole,
} from '../support/observations';
import { newOrder, placementResultAs, type OrderUnderTest } from '../support/order-under-test';
import { held } from '../support/stub-activities';
import { EVERY_STATE, expectEachOnceSent, sentTwice, statusesSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, showing, type TrackedOrder } from '../support/tracked-order';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import { reconcileUpdate, releaseUpdate, type PortfolioOrderWorkflow } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

function remembers(order: OrderUnderTest): void {
  const real = createRecoveryActivities(worker.client, awayStore);
  order.script('findPredecessorRun', (input) => real.findPredecessorRun(input));
}

const terminate = ({ order }: Pick<TrackedOrder, 'order'>) => order.handle.terminate('by mistake');

/** An order that is FILLED, with all events so far at ESW. */
async function filled(): Promise<TrackedOrder> {
  const tracked = await placeOrder(worker);
  const { order, broker } = tracked;
  remembers(order);
  showing(tracked, 'FILLED');
  await order.deliver(...stages(broker).PROCESSING, ...stages(broker).FILLED);
  await order.viewWhen('ESW’s answers', ({ fulfillment: { accepted, children } }) => {
    return accepted.length === 3 && children?.pending === 0;
  });
  return tracked;
}

async function healed(tracked: TrackedOrder) {
  const view = await expectSettled(tracked);
  expect(view.findings).toEqual([]);
  expect((await tracked.order.timeline()).map(({ rule }) => rule)).toContain('recovery:resumed');
  expectEachOnceSent(tracked.order, tracked.reference, EVERY_STATE);
  return view;
}

/** Restarts the order's workflow with an operator's reconcile as its first message. */
async function reconcileInNewRun({ order }: Pick<TrackedOrder, 'order'>): Promise<void> {
  await worker.client.workflow.executeUpdateWithStart(reconcileUpdate, {
    args: [{ actor: 'ada', reason: 'it was terminated' }],
    startWorkflowOperation: new WithStartWorkflowOperation<PortfolioOrderWorkflow>('portfolioOrder', {
      ...orderStart(worker.taskQueue, order.settings, order.id),
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
}

/** A new settlement date, reported by each child. */
function laterDate({ broker }: TrackedOrder) {
  const settlementDate = '2034-03-01';
  const now = new Date().toISOString();
  return broker.children.map((_, index) => ({
    ...child(broker, index, 'FILLED', {
      executions: [executionOf(broker, index, 'FILLED', { settlementDate })],
    }),
    at: now,
    updatedAt: now,
  }));
}

describe('after some events', () => {
  it('the next webhook restores record, reference and the events that ESW has accepted', async () => {
    const tracked = await filled();
    const { order, broker, reference } = tracked;
    const before = await order.timeline();
    await terminate(tracked);
    showing(tracked, 'SETTLED');
    await order.deliver(...stages(broker).SETTLED);
    const view = await healed(tracked);
    const { accountId } = broker;
    expect(view).toMatchObject({ origin: 'placed', reference, accountId, status: 'SETTLED', run: 2 });
    const accepted = view.fulfillment.accepted.map(({ status }) => status);
    expect(accepted).toEqual(['NEW', 'PROCESSING', 'FILLED', 'SETTLED']);
    expect(sentTwice(order)).toEqual([]);
    const after = await order.timeline();
    for (const step of before) expect(after).toContainEqual(step);
  });

  it('changes reported while no workflow ran are read from Upvest', async () => {
    const tracked = await filled();
    const { order, broker } = tracked;
    await terminate(tracked);
    showing(tracked, 'SETTLED');
    // One of three webhooks arrives.
    await order.deliver(...stages(broker).SETTLED.slice(0, 1));
    const view = await healed(tracked);
    expect(view.status).toBe('SETTLED');
    expect(view.questions.missed).toBe(1);
  });

  it('an operator’s reconcile does the same as a webhook', async () => {
    const tracked = await filled();
    await terminate(tracked);
    showing(tracked, 'SETTLED');
    await reconcileInNewRun(tracked);
    expect((await healed(tracked)).status).toBe('SETTLED');
  });

  it('events that were in flight go out again with the same bytes', async () => {
    const tracked = await placeOrder(worker);
    const { order, broker, reference } = tracked;
    remembers(order);
    order.script('emitOrderEvents', () => {
      throw ApplicationFailure.retryable('ESW accepted it, and the answer was lost');
    });
    await until('ESW to have the first event', () => statusesSent(order, reference).length === 1);
    await order.deliver(...stages(broker).PROCESSING, ...stages(broker).FILLED);
    await order.viewWhen('FILLED', ({ status }) => status === 'FILLED');
    await terminate(tracked);
    const lost = order.sent().length;
    order.script('emitOrderEvents', ({ events }) => events.map(({ id }) => ({ id, outcome: 'accepted' })));
    showing(tracked, 'SETTLED');
    await order.deliver(...stages(broker).SETTLED);
    await healed(tracked);
    expect(
      new Set(
        order
          .sent()
          .slice(0, lost)
          .map(({ id }) => id),
      ).size,
    ).toBe(1);
    expect(sentTwice(order)).toEqual([order.sent()[0]?.id]);
  });

  it('a repeated webhook changes nothing, and creates no new order', async () => {
    const tracked = await filled();
    const { order, broker } = tracked;
    await terminate(tracked);
    await order.deliver(whole(broker, 'NEW'));
    await order.deliver(...stages(broker).SETTLED);
    await healed(tracked);
    expect(statusesSent(order, order.id)).toEqual([]);
  });

  it('twice, at once: the second run had not restored its state yet', async () => {
    const tracked = await filled();
    const { order, broker, reference } = tracked;
    await worker.pause();
    try {
      await terminate(tracked);
      await order.deliver(...laterDate(tracked));
      await terminate(tracked);
    } finally {
      await worker.resume();
    }
    await order.deliver(...stages(broker).SETTLED);
    expect(await healed(tracked)).toMatchObject({ origin: 'placed', reference, status: 'SETTLED' });
  });

  it('twice, one after the other', async () => {
    const tracked = await filled();
    const { order, broker, reference } = tracked;
    await terminate(tracked);
    await order.deliver(...laterDate(tracked));
    await order.viewWhen('the second run', ({ run, questions }) => run === 2 && questions.nothingNew > 0);
    await terminate(tracked);
    await order.deliver(...stages(broker).SETTLED);
    expect(await healed(tracked)).toMatchObject({ origin: 'placed', reference, status: 'SETTLED', run: 3 });
  });
});

describe('a cancel that a run received which was terminated during its own recovery (14.4)', () => {
  async function processing(): Promise<TrackedOrder> {
    const tracked = await placeOrder(worker);
    const { order, broker } = tracked;
    remembers(order);
    showing(tracked, 'PROCESSING');
    await order.deliver(...stages(broker).PROCESSING);
    await order.viewWhen('PROCESSING', ({ status }) => status === 'PROCESSING');
    order.script('cancelPortfolioOrder', () => {
      throw ApplicationFailure.retryable('Upvest is away');
    });
    return tracked;
  }

  async function expectCancelSent({ order }: TrackedOrder): Promise<void> {
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await reconcileInNewRun({ order });
    const view = await order.viewWhen('Upvest’s answer', ({ cancel }) => cancel?.answer?.kind === 'accepted');
    expect(view).toMatchObject({ run: 2, cancel: { actor: 'ada', reason: 'too early' } });
    await terminate({ order });
  }

  it('from an operator is requested by the next run', async () => {
    const tracked = await processing();
    const { order, broker } = tracked;
    order.script('findPredecessorRun', held(() => ({ kind: 'none' as const })).script);
    await terminate(tracked);
    await order.deliver(...stages(broker).PROCESSING);
    await order.decide(cancelUpdate, { actor: 'ada', reason: 'too early' });
    await terminate(tracked);
    remembers(order);
    await expectCancelSent(tracked);
  });

  it('from the placement is requested by the next run', async () => {
    const tracked = await processing();
    const { order, broker, reference } = tracked;
    const cancel = { actor: 'ada', reason: 'too early' };
    const again = {
      ...placementResultAs(whole(broker, 'NEW', { source: byPlacement() }), { cancel }),
      reference,
    };
    await worker.pause();
    try {
      await terminate(tracked);
      await order.handOff(again);
      await terminate(tracked);
    } finally {
      await worker.resume();
    }
    await expectCancelSent(tracked);
  });
});

describe('before its first workflow task was done', () => {
  beforeEach(() => worker.pause());
  afterEach(() => worker.resume());

  it('its messages are recovered', async () => {
    const order = newOrder(worker);
    remembers(order);
    const broker = { ...orderAtBroker(order.id), isDated: true };
    const events = [whole(broker, 'NEW'), ...processedToSettled(broker)].map((one) =>
      one.subject === 'portfolio-order' ? { ...one, initiationFlow: 'SAVINGS_PLAN' } : one,
    );
    const tracked = { order, broker, reference: order.id };
    await order.deliver(...events.slice(0, -3));
    await terminate(tracked);
    await worker.resume();
    await order.deliver(...events.slice(-3));
    expect((await healed(tracked)).origin).toBe('adopted');
  });

  it('its placement is recovered, too, with the cancel that came with it', async () => {
    const order = newOrder(worker);
    remembers(order);
    const broker = { ...orderAtBroker(order.id), isDated: true };
    const cancel = { actor: 'ada', reason: 'too early' };
    const placed = placementResultAs(whole(broker, 'NEW', { source: byPlacement() }), { cancel });
    const { reference } = placed;
    showing({ order, broker, reference }, 'NEW');
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await order.handOff(placed);
    await terminate({ order });
    await worker.resume();
    await reconcileInNewRun({ order });
    const taken = await order.viewWhen('NEW', ({ status }) => status === 'NEW');
    expect(taken).toMatchObject({ origin: 'placed', reference });
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 1);
    await order.deliver(whole(broker, 'CANCELLED', { orders: [] }));
    const end = await order.viewWhen('the end', ({ finished }) => finished);
    expect(end).toMatchObject({ status: 'CANCELLED', cancel: { ...cancel, outcome: 'cancelled' } });
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
  });
});

it('a predecessor run that cannot be read: nothing is emitted until an operator releases the order', async () => {
  const order = newOrder(worker);
  const broker = { ...orderAtBroker(order.id), isDated: true };
  order.script('findPredecessorRun', () => ({ kind: 'unreadable', why: 'Its history is gone' }));
  await order.deliver(
    whole(broker, 'NEW', { initiationFlow: 'SAVINGS_PLAN' }),
    ...processedToSettled(broker),
  );
  const held = await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
  expect(held).toMatchObject({ held: 'HEALED_WITHOUT_LEDGER', attention: ['HEALED_WITHOUT_LEDGER'] });
  expect(order.sent()).toEqual([]);
  await order.decide(releaseUpdate);
  await expectSettled({ order, broker, reference: order.id });
  expectEachOnceSent(order, order.id, EVERY_STATE);
});

it('an order younger than the grace time has no predecessor, and does not search for one', async () => {
  const tracked = await placeOrder(worker);
  await tracked.order.deliver(...processedToSettled(tracked.broker));
  await expectSettled(tracked);
  expect(tracked.order.calls('findPredecessorRun')).toEqual([]);
});
