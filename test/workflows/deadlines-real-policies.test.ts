/** The deadlines of an order under the standard policies, in workflow time (`design.md` 5). */
import { byPlacement, orderAtBroker, processedToSettled, whole } from '../support/observations';
import { newOrder, placedAs } from '../support/order-under-test';
import { until } from '../support/until';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { closeTemporal } from '../support/temporal';

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

describe('NEW', () => {
  it('is reconciled after 15 minutes and raises NEW_OVERDUE after one trading day', async () => {
    const order = newOrder(time.worker, { deadlines: { spreadMs: 0 } });
    const broker = orderAtBroker(order.id, 2, new Date(await time.now()));
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: [], left: [] }));
    await order.handOver(placedAs(whole(broker, 'NEW', { source: byPlacement() })));
    await time.pass('14m');
    expect(order.calls('readPortfolioOrder')).toHaveLength(0);
    await time.pass('2m');
    await until('the read', () => order.calls('readPortfolioOrder').length === 1);
    expect((await order.view()).attention).toEqual([]);
    await time.pass('5d');
    const overdue = await order.viewWhen('attention', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['NEW_OVERDUE']);

    await order.deliver(...processedToSettled(broker));
    expect((await order.handle.result()).outcome).toBe('SETTLED');
  });
});
