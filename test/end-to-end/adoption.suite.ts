import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../demo/stack';
import { finished, newRequest, show, statusesAtEsw, submit, until } from '../support/stack';
import { EVERY_STATE, HELD_MS } from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

/** Orders placed elsewhere, and orders whose placement becomes known late. */
export function adoptionSuite(running: () => Stack, graceMs: number): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });

  const draft = () => ({ userId: randomUUID(), accountId: randomUUID(), cashAmount: '50.00' });

  it('adopts an order of a savings plan at once, under its own id', async () => {
    const { portfolioOrder } = stack.upvest.control.initiate({ ...draft(), initiationFlow: 'SAVINGS_PLAN' });
    const { order, reference } = await finished(stack, portfolioOrder.id);
    expect(order).toMatchObject({ origin: 'adopted', status: 'SETTLED', initiationFlow: 'SAVINGS_PLAN' });
    expect(reference).toBeUndefined();
    expect(recordOf(order)).toEqual(truthOf(stack, portfolioOrder.id));
    expect(statusesAtEsw(stack, portfolioOrder.id)).toEqual(EVERY_STATE);
  });

  it('reports both sides of a rebalancing separately to ESW', async () => {
    const { portfolioOrder } = stack.upvest.control.initiate({
      ...draft(),
      type: 'REBALANCING',
      initiationFlow: 'API',
    });
    await finished(stack, portfolioOrder.id);
    const last = stack.esw.control.events({ reference: portfolioOrder.id }).at(-1);
    const charges = last?.body.balances?.balancesInCurrency?.[0]?.charges?.map((charge) => charge.name);
    expect(charges).toEqual(['Ordered', 'ExecutedBuy', 'SettledBuy', 'ExecutedSell', 'SettledSell']);
  });

  it('adopts an order of the API flow without a placement here, after the grace time', async () => {
    const { portfolioOrder } = stack.upvest.control.initiate({ ...draft(), initiationFlow: 'API' });
    const { order } = await finished(stack, portfolioOrder.id);
    expect(order.origin).toBe('adopted');
    expect(statusesAtEsw(stack, portfolioOrder.id)).toEqual(EVERY_STATE);
  });

  it('emits nothing while an open placement may have created the order, and tracks it meanwhile', async () => {
    // The answer is held back for several grace times: only the open placement prevents the adoption.
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
    const request = newRequest();
    const reference = await submit(stack, request);
    const truth = await until('the order at the broker', () =>
      stack.upvest.control
        .portfolioOrders()
        .find(({ portfolioOrder }) => portfolioOrder.account_id === request.accountId),
    );
    const { id } = truth.portfolioOrder;
    const tracked = await until('the order to be tracked to SETTLED', async () => {
      const { order } = await show(stack, id);
      return order?.status === 'SETTLED' ? order : undefined;
    });
    expect(tracked).toMatchObject({ origin: 'open', finished: false });
    await sleep(3 * graceMs);
    expect((await show(stack, id)).order?.origin).toBe('open');
    expect(statusesAtEsw(stack, id)).toEqual([]);

    stack.upvest.control.clearFaults();
    const { order } = await finished(stack, reference);
    expect(order.origin).toBe('placed');
    expect(statusesAtEsw(stack, reference)).toEqual(EVERY_STATE);
    expect(statusesAtEsw(stack, id)).toEqual([]);
  });
}
