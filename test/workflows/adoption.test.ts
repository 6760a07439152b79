/** Orders placed elsewhere, and orders whose placement becomes known late, with the standard grace time of one minute. */
import { ApplicationFailure } from '@temporalio/activity';
import { searchAttributes } from '../../contracts/search-attributes';
import type { Observation, PortfolioOrderObservation } from '../../src/domain/broker/observation';
import { byPlacement, orderAtBroker, processedToSettled, whole } from '../support/observations';
import { newOrder, placementResultAs, type OrderOptions } from '../support/order-under-test';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import { expectSettled, track, type TrackedOrder } from '../support/tracked-order';
import { useTimeSkipping } from '../support/use-time-skipping';

/** The amounts in an event body. */
interface EventWithAmounts {
  balances: { balancesInCurrency: { charges: { name: string }[] }[] };
}

const time = useTimeSkipping();

/** An order at the broker without any webhook so far, and all of its webhooks with these facts. */
function orderOfUpvest(facts: Partial<PortfolioOrderObservation>, options: OrderOptions = {}) {
  const { worker, clock } = time();
  const order = newOrder(worker, options);
  const broker = { ...orderAtBroker(order.id, 2, clock(), clock), isDated: true };
  const events = [whole(broker, 'NEW'), ...processedToSettled(broker)].map((one) =>
    one.subject === 'portfolio-order' ? { ...one, ...facts } : one,
  );
  const tracked: TrackedOrder = track({ order, broker, reference: order.id });
  return { tracked, order, broker, events };
}

it('an order of a savings plan is adopted at once, under its own id', async () => {
  const { tracked, order, events } = orderOfUpvest({ initiationFlow: 'SAVINGS_PLAN' });
  await order.deliver(...events);
  const view = await expectSettled(tracked);
  expect(view).toMatchObject({ origin: 'adopted', status: 'SETTLED', initiationFlow: 'SAVINGS_PLAN' });
  expect(view.reference).toBeUndefined();
  expectEachOnceSent(order, order.id, EVERY_STATE);
  expect(order.calls('findOpenPlacement')).toEqual([]);
});

describe('an order of the API flow', () => {
  it('is adopted after a minute if no placement here explains it', async () => {
    const { tracked, order, broker, events } = orderOfUpvest({});
    await order.deliver(...events);
    await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
    await time().pass('30s');
    expect(order.calls('findOpenPlacement')).toEqual([]);
    expect(await order.view()).toMatchObject({ origin: 'open', finished: false });
    expect(order.sent()).toEqual([]);
    await time().pass('30s');
    expect((await expectSettled(tracked)).origin).toBe('adopted');
    const { accountId } = broker;
    const calls = order.calls('findOpenPlacement');
    expect(calls.map(({ input }) => input)).toEqual([
      { portfolioOrderId: order.id, isRepeated: false, accountId, cashAmount: '1000.00' },
    ]);
    expectEachOnceSent(order, order.id, EVERY_STATE);
  });

  it('is tracked but not emitted while an open placement may have created it, and then filed as placed', async () => {
    const { order, broker, events } = orderOfUpvest({});
    order.script('findOpenPlacement', () => true);
    await order.deliver(...events);
    await time().pass('4m');
    expect(order.calls('findOpenPlacement').length).toBeGreaterThanOrEqual(3);
    expect(await order.view()).toMatchObject({ origin: 'open', finished: false, status: 'SETTLED' });
    expect(order.sent()).toEqual([]);
    const placed = placementResultAs(whole(broker, 'NEW', { source: byPlacement() }));
    await order.handOff(placed);
    const view = await expectSettled({ order, broker, reference: placed.reference });
    expect(view.origin).toBe('placed');
    expectEachOnceSent(order, placed.reference, EVERY_STATE);
    expect(statusesSent(order, order.id)).toEqual([]);
  });

  it('is adopted when the open placement turns out to have created another order', async () => {
    const { tracked, order, events } = orderOfUpvest({});
    order.script('findOpenPlacement', () => true);
    await order.deliver(...events);
    await time().pass('2m');
    expect((await order.view()).origin).toBe('open');
    order.script('findOpenPlacement', () => false);
    await time().pass('1m');
    expect((await expectSettled(tracked)).origin).toBe('adopted');
    expectEachOnceSent(order, order.id, EVERY_STATE);
  });

  it('is not adopted while the check for open placements fails: it is repeated a minute later', async () => {
    const { tracked, order, events } = orderOfUpvest({});
    order.script('findOpenPlacement', () => {
      throw ApplicationFailure.nonRetryable('Visibility is unavailable');
    });
    await order.deliver(...events);
    await time().pass('90s');
    expect(order.calls('findOpenPlacement')).toHaveLength(1);
    expect((await order.view()).origin).toBe('open');
    order.script('findOpenPlacement', () => false);
    await time().pass('1m');
    expect((await expectSettled(tracked)).origin).toBe('adopted');
    expectEachOnceSent(order, order.id, EVERY_STATE);
  });
});

it('events report both sides of a rebalancing separately', async () => {
  const { tracked, order, broker, events } = orderOfUpvest({ type: 'REBALANCING' });
  const [, second] = broker.children;
  const isSold = (id: string): boolean => id === second?.id || id === second?.executionId;
  const sold = <T extends { id: string }>(one: T): T => (isSold(one.id) ? { ...one, side: 'SELL' } : one);
  const bothSides = events.map((one): Observation => {
    if (one.subject === 'portfolio-order') return { ...one, orders: one.orders.map(sold) };
    if (one.subject === 'order') return { ...sold(one), executions: one.executions.map(sold) };
    return one.subject === 'execution' ? { ...one, execution: sold(one.execution) } : one;
  });
  await order.deliver(...bothSides);
  await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
  await time().pass('1m');
  await expectSettled(tracked);
  expectEachOnceSent(order, order.id, EVERY_STATE);
  const last = order.sent().findLast(({ body }) => body.brandOrderReference === order.id)
    ?.body as unknown as EventWithAmounts;
  const names = last.balances.balancesInCurrency[0]?.charges.map(({ name }) => name);
  expect(names).toEqual(['Ordered', 'ExecutedBuy', 'SettledBuy', 'ExecutedSell', 'SettledSell']);
});

it('an order is adopted when Temporal’s index can be asked again, and needs attention while it throttles (14.27)', async () => {
  const { tracked, order, events } = orderOfUpvest({ initiationFlow: 'SAVINGS_PLAN' });
  order.script('findPredecessorRun', () => {
    throw ApplicationFailure.retryable('namespace rate limit exceeded');
  });
  await order.deliver(...events);
  await time().pass('9m');
  expect(await order.view()).toMatchObject({ attention: [], finished: false });
  await time().pass('10m');
  const waiting = await order.view();
  expect(waiting).toMatchObject({
    waitingFor: expect.stringMatching(
      /^Recovery of its predecessor run\. Temporal does not say .*: namespace rate limit exceeded; next attempt (due )?2/,
    ) as string,
    attentions: [{ code: 'EMISSION_DELAYED', actions: ['acknowledge'] }],
  });
  const { typedSearchAttributes } = await order.handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.attention)).toEqual(['EMISSION_DELAYED']);
  await time().pass('3h');
  expect((await order.view()).troubles?.[0]?.attempts).toBeGreaterThan(10);
  order.script('findPredecessorRun', () => ({ kind: 'none' }));
  await time().pass('7m');
  const view = await expectSettled(tracked);
  expect(view.held).toBeUndefined();
  expect(view).toMatchObject({ origin: 'adopted', attention: [] });
  expectEachOnceSent(order, order.id, EVERY_STATE);
});

it('an order whose recovery is throttled for long continues as new with what has arrived (14.27)', async () => {
  const policies = { historyEventsPerRun: 30 };
  const { tracked, order, events } = orderOfUpvest({ initiationFlow: 'SAVINGS_PLAN' }, { policies });
  order.script('findPredecessorRun', () => {
    throw ApplicationFailure.retryable('namespace rate limit exceeded');
  });
  await order.deliver(...events);
  await time().pass('6h');
  const { run, troubles } = await order.view();
  expect(run).toBeGreaterThan(2);
  expect(troubles).toMatchObject([{ kind: 'recovery', overdue: true }]);
  order.script('findPredecessorRun', () => ({ kind: 'none' }));
  await time().pass('7m');
  expect(await expectSettled(tracked)).toMatchObject({ origin: 'adopted', attention: [] });
  expectEachOnceSent(order, order.id, EVERY_STATE);
});
