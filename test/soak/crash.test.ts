/**
 * Worker processes die. Slow by nature: Temporal detects a dead worker by a timeout of seconds (heartbeat of the
 * activity, or the sticky queue of the workflow).
 */
import type { Stack } from '../../demo/stack';
import { finished, newRequest, show, startTestStack, statusesAtEsw, submit, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';
import { workerProcesses, type WorkerProcesses } from '../support/worker-process';

describe('a worker process killed with SIGKILL', () => {
  let stack: Stack;
  let workers: WorkerProcesses;
  beforeAll(async () => {
    stack = await startTestStack();
    await stack.stopWorker();
    workers = await workerProcesses(stack);
  });
  afterAll(async () => {
    await workers.stopAll();
    await stack.stop();
    await closeTemporal();
  });

  async function expectOneOfEverything(reference: string, accountId: unknown): Promise<void> {
    const { order } = await finished(stack, reference, 50_000);
    expect(order.status).toBe('SETTLED');
    expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
    const placed = stack.upvest.control
      .portfolioOrders()
      .filter(({ portfolioOrder }) => portfolioOrder.account_id === accountId);
    expect(placed).toHaveLength(1);
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    for (const { replays, byteIdenticalReplays } of stack.esw.control.events({ reference })) {
      expect(byteIdenticalReplays).toBe(replays);
    }
    expect(stack.esw.control.counts().conflicting).toBe(0);
    expect(stack.esw.control.audit()).toEqual([]);
  }

  it('between placing and settlement: the next worker continues with the same order', async () => {
    const worker = await workers.start();
    stack.upvest.control.changePace({ settleAfterMs: 60_000 });
    const request = newRequest();
    const reference = await submit(stack, request);
    await until(
      'the order to be filled',
      async () => (await show(stack, reference)).order?.status === 'FILLED',
    );
    await worker.kill('SIGKILL');

    stack.upvest.control.changePace({ settleAfterMs: 50 });
    const id = stack.upvest.control.portfolioOrders().at(-1)?.portfolioOrder.id ?? '';
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    await stack.upvest.control.whenDelivered();
    const next = await workers.start();
    await expectOneOfEverything(reference, request.accountId);
    await next.kill('SIGTERM');
  });

  it('between the POST and its answer: the next worker does not place again', async () => {
    const worker = await workers.start();
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 20_000 });
    const request = newRequest();
    const reference = await submit(stack, request);
    await until('the POST to take effect', () =>
      stack.upvest.control
        .portfolioOrders()
        .some(({ portfolioOrder }) => portfolioOrder.account_id === request.accountId),
    );
    await worker.kill('SIGKILL');
    await workers.start();
    await expectOneOfEverything(reference, request.accountId);
  });
});
