import type { Stack } from '../../demo/stack';
import { orderEventId } from '../../src/domain/order-event/ids';
import { countingFrom, expectNoFindings } from '../support/esw-family';
import { call, finished, newRequest, show, statusesAtEsw, submit } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';

/** An order from the request to SETTLED, on a stack whose accounts have five children. */
export function mainJobSuite(stack: () => Stack): void {
  it.each(['BUY', 'SELL'])(
    'takes a %s from the request to SETTLED and sends each status to ESW once, in order',
    async (side) => {
      const { esw } = stack();
      const counts = countingFrom(stack());
      const reference = await submit(stack(), newRequest({ side }));
      const { order } = await finished(stack(), reference);

      expect(recordOf(order)).toEqual(truthOf(stack(), order.portfolioOrderId));
      expect(order).toMatchObject({
        status: 'SETTLED',
        reference,
        origin: 'placed',
        findings: [],
        attention: [],
      });
      expect(order.progress).toMatchObject({ orders: 5, final: 5, executions: 5, settled: 5 });
      expect(statusesAtEsw(stack(), reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
      expect(esw.control.events({ reference }).map((event) => event.body.id)).toEqual(
        ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'].map((status) =>
          orderEventId('PFOLIO', 'portfolio-order', order.portfolioOrderId, status),
        ),
      );
      expectNoFindings(stack(), reference);
      expect(counts()).toMatchObject({ replayed: 0, conflicting: 0, rejected: 0 });
    },
  );

  it('sums the executions exactly in the last event', async () => {
    const reference = await submit(stack(), newRequest({ cashAmount: '100.03' }));
    const { order } = await finished(stack(), reference);
    const last = stack().esw.control.events({ reference }).at(-1);
    expect(order.progress.settled).toBe(5);
    expect(last?.body.balances).toEqual({
      balancesInCurrency: [
        {
          type: 'OrderBalance',
          charges: [
            { name: 'Ordered', value: { currency: 'EUR', amount: 100.03 } },
            { name: 'Executed', value: { currency: 'EUR', amount: 100.03 } },
            { name: 'Settled', value: { currency: 'EUR', amount: 100.03 } },
            { name: 'BalanceDue', value: { currency: 'EUR', amount: 0 } },
          ],
        },
      ],
    });
  });

  it('answers the same request again with the same order, and places once', async () => {
    const request = newRequest();
    const reference = await submit(stack(), request);
    const { order } = await finished(stack(), reference);
    const again = await call(stack(), 'POST', '/portfolio-orders', {
      token: stack().tokens.submit,
      json: { ...request, cashAmount: '1000.0', postTax: false },
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ phase: 'FINISHED', portfolioOrderId: order.portfolioOrderId });
    const ofAccount = stack()
      .upvest.control.portfolioOrders()
      .filter(({ portfolioOrder }) => portfolioOrder.account_id === request.accountId);
    expect(ofAccount).toHaveLength(1);
  });

  it('finds an order by its id as well as by its reference', async () => {
    const reference = await submit(stack());
    const byReference = await finished(stack(), reference);
    const byId = await finished(stack(), byReference.order.portfolioOrderId);
    expect(byId.order).toEqual(byReference.order);
    expect(byId.reference).toBe(reference);
  });

  it('shows a finished order while no worker runs', async () => {
    const reference = await submit(stack());
    const before = await finished(stack(), reference);
    await stack().stopWorker();
    expect(await show(stack(), reference)).toEqual(before);
    await stack().startWorker();
  });
}
