import type { Stack } from '../../demo/stack';
import { expectNoFindings } from '../support/esw-family';
import { finished, newRequest, show, statusesAtEsw, submit, until, workflowIdsOf } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';
import type { Kill, WorkerProcess, WorkerProcesses } from '../support/worker-process';

/**
 * A worker process is killed while one order is between placing and settlement, and another one between the POST and its
 * answer: the next worker continues with the first, and does not place the second again.
 */
export function crashSuite(
  parts: () => { stack: Stack; workers: WorkerProcesses },
  /** Runs before the tests. */
  worker: () => WorkerProcess,
  kill: Kill,
): void {
  const [filled, posted] = [newRequest(), newRequest()];

  beforeAll(async () => {
    const { stack, workers } = parts();
    const { control } = stack.upvest;
    control.changePace({ settleAfterMs: 60_000 });
    await submit(stack, filled);
    await until('the order to be filled', async () => {
      return (await show(stack, filled.reference)).order?.status === 'FILLED';
    });
    control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 60_000 });
    await submit(stack, posted);
    await until('the POST to take effect', () => ordersOf(posted.accountId).length > 0);
    await kill(worker(), workflowIdsOf(stack, [filled.reference, posted.reference]));

    control.changePace({ settleAfterMs: 50 });
    for (const { accountId } of [filled, posted]) {
      const [id = ''] = ordersOf(accountId);
      await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    }
    await control.whenDelivered();
    await workers.start();
  });
  afterAll(() => {
    parts().stack.upvest.control.clearFaults();
  });

  function ordersOf(accountId: string): string[] {
    return parts()
      .stack.upvest.control.portfolioOrders()
      .filter(({ portfolioOrder }) => portfolioOrder.account_id === accountId)
      .map(({ portfolioOrder }) => portfolioOrder.id);
  }

  it.each([
    ['between placing and settlement: the next worker continues with the same order', filled],
    ['between the POST and its answer: the next worker does not place again', posted],
  ])('%s', async (_when, { reference, accountId }) => {
    const { stack } = parts();
    const { order } = await finished(stack, reference, 50_000);
    expect(order.status).toBe('SETTLED');
    expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
    expect(ordersOf(accountId)).toHaveLength(1);
    expect(order.origin).toBe('placed');
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    expectNoFindings(stack, reference);
    expect(stack.esw.control.counts().conflicting).toBe(0);
  });
}
