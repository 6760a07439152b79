/** A cancel is a request: the broker decides its result. */
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import {
  cancellationRefused,
  child,
  execution,
  listed,
  orderAtBroker,
  processedToFilled,
  processedToSettled,
  stages,
  whole,
} from '../support/observations';
import { newOrder } from '../support/order-under-test';
import { endedAs, newlyPlaced, deliverUntil } from '../support/placed-order';
import { timelineTexts, type TrackedOrder } from '../support/tracked-order';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { held } from '../support/stub-activities';
import { closeTemporal } from '../support/temporal';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import type { CancelAnswer } from '../../src/domain/order-state/state';

const accepted: CancelAnswer = { kind: 'accepted' };
const refused = (status: number): CancelAnswer => ({ kind: 'refused', problem: { status } });
const byClient = { orders: [], cancellationReason: 'CANCELLED_BY_CLIENT' };

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
});
afterAll(closeTemporal);

describe('a cancel', () => {
  it('of a NEW order is carried out by the broker; a second request changes nothing', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    const decided = await Promise.all([order.decide(cancelUpdate), order.decide(cancelUpdate)]);
    expect(decided.map(({ rule }) => rule)).toEqual(['operator:cancel', 'operator:cancel']);
    expect(decided.map((one) => one.decided)).toContain('A cancel request is already pending.');
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const cancelled = whole(broker, 'CANCELLED', byClient);
    await order.deliver(cancelled);
    expect(await endedAs(order, [cancelled])).toMatchObject({
      status: 'CANCELLED',
      cancellationReason: 'CANCELLED_BY_CLIENT',
      cancel: {
        actor: 'ada',
        reason: 'the client called',
        rule: 'operator:cancel',
        answer: { kind: 'accepted' },
      },
      attention: [],
    });
    expect(order.calls('cancelPortfolioOrder').map(({ input }) => input.portfolioOrderId)).toEqual([
      order.id,
    ]);
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
    const steps = (await order.timeline()).filter(({ rule }) => rule === 'operator:cancel');
    expect(steps.map(({ text }) => text)).toEqual(['Cancel requested', 'Upvest accepted the cancel request']);
    expect(steps[0]).toMatchObject({ source: 'operator', actor: 'ada', reason: 'the client called' });
  });

  it.each([409, 422] as const)(
    'that Upvest rejects with %i changes nothing, and may be repeated',
    async (status) => {
      const { order, broker, reference } = await newlyPlaced(worker);
      order.script('cancelPortfolioOrder', () => refused(status));
      await order.decide(cancelUpdate);
      const view = await order.viewWhen('CANCEL_REFUSED', ({ attention }) => attention.length > 0);
      expect(view.attention).toEqual(['CANCEL_REFUSED']);
      expect(view.cancel?.answer).toMatchObject({ kind: 'refused', problem: { status } });
      expect(view.waits.map(({ rule }) => rule)).not.toContain('deadline:cancel');
      expect((await timelineTexts({ order }, 'operator:cancel')).at(-1)).toMatch(
        `Upvest rejected the cancel request: ${status}`,
      );

      await order.decide(cancelUpdate);
      await until('the second DELETE', () => order.calls('cancelPortfolioOrder').length === 2);
      const settled = processedToSettled(broker);
      await order.deliver(...settled);
      expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED', attention: [] });
      expectEachOnceSent(order, reference, EVERY_STATE);
    },
  );

  it('that is rejected for each child is not rejected for the order', async () => {
    const { order, broker } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    await deliverUntil(order, 'PROCESSING', whole(broker, 'PROCESSING'));
    await order.decide(cancelUpdate);
    await order.viewWhen('the answer', ({ cancel }) => cancel?.answer !== undefined);
    const settled = processedToSettled(broker);
    await order.deliver(cancellationRefused(broker, 0), cancellationRefused(broker, 1), ...settled);
    const view = await endedAs(order, settled);
    expect(view).toMatchObject({
      status: 'SETTLED',
      cancel: { answer: { kind: 'accepted' } },
      attention: [],
    });
    expect(view.findings.map(({ code }) => code)).toContain('CANCELLATION_REFUSED');
  });

  it('that comes too late: the order fills anyway', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    await deliverUntil(order, 'PROCESSING', whole(broker, 'PROCESSING'));
    await order.decide(cancelUpdate);
    await order.viewWhen('the answer', ({ cancel }) => cancel?.answer !== undefined);
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED', attention: [] });
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('that comes in time for some children ends mixed', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    const filled = [
      whole(broker, 'PROCESSING', { orders: listed(broker, 'PROCESSING', 'NEW') }),
      child(broker, 0, 'NEW'),
      child(broker, 0, 'PROCESSING'),
      child(broker, 0, 'FILLED'),
      child(broker, 1, 'NEW'),
    ];
    await deliverUntil(order, 'PROCESSING', ...filled);
    await order.decide(cancelUpdate);
    const cancelled = [
      child(broker, 1, 'CANCELLED'),
      whole(broker, 'CANCELLED', { orders: listed(broker, 'FILLED', 'CANCELLED') }),
    ];
    await deliverUntil(order, 'CANCELLED', ...cancelled);
    await until('ESW to get it', () => statusesSent(order, reference).length === 3);
    const settled = execution(broker, 0, 'SETTLED');
    await order.deliver(settled);
    const view = await endedAs(order, [...filled, ...cancelled, settled]);
    expect(view).toMatchObject({ status: 'CANCELLED', attention: ['MIXED_OUTCOME'] });
    expect(view.progress.settled).toBe(view.progress.executions);
    expect(view.progress.executions).toBeGreaterThan(0);
    // The second one closes it, when what was executed has settled.
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Cancelled', 'Cancelled']);
  });

  it('is forbidden by name once the portfolio order has ended, although children are open', async () => {
    const { order, broker } = await newlyPlaced(worker, { children: 1 });
    const filled = [
      ...processedToFilled(broker).slice(0, -1),
      whole(broker, 'CANCELLED', { orders: listed(broker, 'FILLED') }),
    ];
    await deliverUntil(order, 'CANCELLED', ...filled);
    await expect(order.decide(cancelUpdate)).rejects.toMatchObject({
      cause: {
        type: 'FORBIDDEN_BY_RULE',
        message: 'portfolio-order:CANCELLED>CANCELLED: the portfolio order is CANCELLED, which is final',
      },
    });
    const settled = execution(broker, 0, 'SETTLED');
    await order.deliver(settled);
    await endedAs(order, [...filled, settled]);
    expect(order.calls('cancelPortfolioOrder')).toEqual([]);
  });

  it('of an order that settles during the DELETE has no effect', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    const { PROCESSING, FILLED, SETTLED } = stages(broker);
    await deliverUntil(order, 'PROCESSING', ...PROCESSING);
    const { script, release } = held(() => accepted);
    order.script('cancelPortfolioOrder', script);
    await order.decide(cancelUpdate);
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 1);
    const settled = [...FILLED, ...SETTLED];
    await deliverUntil(order, 'SETTLED', ...settled);
    release();
    expect(await endedAs(order, [...PROCESSING, ...settled])).toMatchObject({
      status: 'SETTLED',
      attention: [],
    });
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('of an adopted order', async () => {
    const order = newOrder(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    const broker = orderAtBroker(order.id);
    const ours = { initiationFlow: 'SAVINGS_PLAN' };
    await deliverUntil(order, 'NEW', whole(broker, 'NEW', ours));
    await order.decide(cancelUpdate);
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 1);
    const cancelled = whole(broker, 'CANCELLED', { ...byClient, ...ours });
    await order.deliver(cancelled);
    expect(await endedAs(order, [cancelled])).toMatchObject({ origin: 'adopted', status: 'CANCELLED' });
    expectEachOnceSent(order, order.id, ['Created', 'Cancelled']);
  });
});

describe('a cancellation from the Temporal UI', () => {
  it('is a business cancel, and the workflow ends completed', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    await order.handle.cancel();
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const cancelled = whole(broker, 'CANCELLED', byClient);
    await order.deliver(cancelled);
    expect(await endedAs(order, [cancelled])).toMatchObject({
      status: 'CANCELLED',
      cancel: { actor: 'temporal', rule: 'operator:cancel', answer: { kind: 'accepted' } },
    });
    expect((await order.handle.describe()).status.name).toBe('COMPLETED');
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
  });

  it('of an order that ignores it: the order continues, and ends as the broker reports', async () => {
    const { order, broker, reference } = await newlyPlaced(worker);
    order.script('cancelPortfolioOrder', () => accepted);
    await deliverUntil(order, 'PROCESSING', whole(broker, 'PROCESSING'));
    await order.handle.cancel();
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED' });
    expect((await order.handle.describe()).status.name).toBe('COMPLETED');
    expectEachOnceSent(order, reference, EVERY_STATE);
  });
});

describe('in a later run of the workflow', () => {
  const policies = { historyEventsPerRun: 12 };

  async function intoLaterRun({ order, broker }: TrackedOrder, run: number): Promise<void> {
    await until('a later run', async () => {
      await order.deliver(whole(broker, 'NEW'));
      return (await order.view()).run > run;
    });
  }

  async function isCancelled({ order, broker, reference }: TrackedOrder): Promise<PortfolioOrderView> {
    const cancelled = whole(broker, 'CANCELLED', byClient);
    await order.deliver(cancelled);
    const view = await endedAs(order, [cancelled]);
    expect(view.status).toBe('CANCELLED');
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
    return view;
  }

  it('a cancellation from the Temporal UI is a business cancel', async () => {
    const placed = await newlyPlaced(worker, { policies });
    const { order } = placed;
    order.script('cancelPortfolioOrder', () => accepted);
    await intoLaterRun(placed, 2);
    await order.handle.cancel();
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const view = await isCancelled(placed);
    expect(view.run).toBeGreaterThan(2);
    expect(view.cancel?.actor).toBe('temporal');
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
  });

  it('a cancel that Upvest rejected in an earlier run may be repeated', async () => {
    const placed = await newlyPlaced(worker, { policies });
    const { order } = placed;
    order.script('cancelPortfolioOrder', () => refused(409));
    await order.handle.cancel();
    const { run } = await order.viewWhen('CANCEL_REFUSED', ({ attention }) =>
      attention.includes('CANCEL_REFUSED'),
    );
    await intoLaterRun(placed, run);
    expect((await order.view()).attention).toEqual(['CANCEL_REFUSED']);
    order.script('cancelPortfolioOrder', () => accepted);
    await order.handle.cancel();
    await until('the second DELETE', () => order.calls('cancelPortfolioOrder').length === 2);
    await isCancelled(placed);
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(2);
  });

  it('a DELETE in progress delays continue-as-new, and is sent once', async () => {
    const placed = await newlyPlaced(worker, { policies });
    const { order, broker } = placed;
    const { script, release } = held(() => accepted);
    order.script('cancelPortfolioOrder', script);
    await order.decide(cancelUpdate);
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 1);
    const { run } = await order.view();
    for (let copies = 0; copies < 12; copies += 1) await order.deliver(whole(broker, 'NEW'));
    expect((await order.view()).run).toBe(run);
    release();
    await order.viewWhen('the next run', (view) => view.run > run);
    await isCancelled(placed);
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
  });

  it('the wait for the result of a cancel continues', async () => {
    const placed = await newlyPlaced(worker, { policies });
    const { order, broker } = placed;
    order.script('cancelPortfolioOrder', () => accepted);
    const { PROCESSING, FILLED, SETTLED } = stages(broker);
    await deliverUntil(order, 'PROCESSING', ...PROCESSING);
    await order.decide(cancelUpdate);
    const cancelWait = ({ waits }: PortfolioOrderView) =>
      waits.find(({ rule }) => rule === 'deadline:cancel');
    const before = await order.viewWhen('the wait', (view) => cancelWait(view) !== undefined);
    await intoLaterRun(placed, before.run);
    expect(cancelWait(await order.view())?.since).toBe(cancelWait(before)?.since);
    const settled = [...FILLED, ...SETTLED];
    await order.deliver(...settled);
    expect((await endedAs(order, [...PROCESSING, ...settled])).status).toBe('SETTLED');
  });
});
