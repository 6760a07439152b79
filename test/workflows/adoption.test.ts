/** Orders that nobody placed here, and orders whose placement is known late, under the standard grace of a minute. */
import { ApplicationFailure } from '@temporalio/activity';
import type { Observation, PortfolioOrderObservation } from '../../src/domain/observation';
import { byPlacement, orderAtBroker, processedToSettled, whole } from '../support/observations';
import { newOrder, placedAs } from '../support/order-under-test';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import { expectSettled, track, type TrackedOrder } from '../support/tracked-order';
import { useTimeSkipping } from '../support/use-time-skipping';

/** Of an event's body, what ESW is told of amounts. */
interface Told {
  balances: { balancesInCurrency: { charges: { name: string }[] }[] };
}

const time = useTimeSkipping();

/** An order of the broker's that no webhook has told of yet, and all of its webhooks with these facts. */
function orderOfUpvest(facts: Partial<PortfolioOrderObservation>) {
  const { worker, clock } = time();
  const order = newOrder(worker);
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
  it('that nobody here places is adopted after a minute', async () => {
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
    expect(calls.map(({ input }) => input)).toEqual([{ accountId, cashAmount: '1000.00' }]);
    expectEachOnceSent(order, order.id, EVERY_STATE);
  });

  it('that an open placement could have made is not emitted meanwhile, but tracked, and then filed as placed', async () => {
    const { order, broker, events } = orderOfUpvest({});
    order.script('findOpenPlacement', () => true);
    await order.deliver(...events);
    await time().pass('4m');
    expect(order.calls('findOpenPlacement').length).toBeGreaterThanOrEqual(3);
    expect(await order.view()).toMatchObject({ origin: 'open', finished: false, status: 'SETTLED' });
    expect(order.sent()).toEqual([]);
    const placed = placedAs(whole(broker, 'NEW', { source: byPlacement() }));
    await order.handOver(placed);
    const view = await expectSettled({ order, broker, reference: placed.reference });
    expect(view.origin).toBe('placed');
    expectEachOnceSent(order, placed.reference, EVERY_STATE);
    expect(statusesSent(order, order.id)).toEqual([]);
  });

  it('whose open placement turns out to have made another one is adopted', async () => {
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

  it('is not adopted while nobody can say whether a placement is open: asked again a minute later', async () => {
    const { tracked, order, events } = orderOfUpvest({});
    order.script('findOpenPlacement', () => {
      throw ApplicationFailure.nonRetryable('Visibility is away');
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

it('both sides of a rebalancing are kept apart in what ESW is told', async () => {
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
    ?.body as unknown as Told;
  const names = last.balances.balancesInCurrency[0]?.charges.map(({ name }) => name);
  expect(names).toEqual(['Ordered', 'ExecutedBuy', 'SettledBuy', 'ExecutedSell', 'SettledSell']);
});
