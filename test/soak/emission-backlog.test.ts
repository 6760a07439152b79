/** A thousand pending OrderEvents after an outage: they go out in bounded batches, each once, in order. */
import type { Stack } from '../../demo/stack';
import { FAR_DEADLINES } from '../support/orders';
import { historyOfAllRuns, summarizeHistory } from '../support/history';
import { call, finished, newRequest, show, startTestStack, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** Four events of the portfolio order, and three of each child. */
const CHILDREN = 333;
const OWED = 4 + 3 * CHILDREN;
const LARGEST_PAYLOAD = 512 * 1024;

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({ deadlines: FAR_DEADLINES, eventDetail: 'orders' });
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

it(`${OWED} events go out after an outage`, async () => {
  const request = newRequest({ cashAmount: '99999.00' });
  stack.upvest.control.configureAccount(request.accountId, { children: CHILDREN });
  stack.esw.control.addFault({ kind: '503', retryAfterSeconds: 2, count: 1_000_000 });
  const reference = await submit(stack, request);
  const { portfolioOrderId } = await until('the order to be tracked to its end', async () => {
    const { order } = await show(stack, reference);
    const { progress } = order ?? {};
    return order?.status === 'SETTLED' && progress?.settled === CHILDREN ? order : undefined;
  });
  const { order: owing } = await show(stack, reference);
  const { pending = [], children } = owing?.fulfillment ?? {};
  expect(pending.length + (children?.pending ?? 0)).toBe(OWED);

  await until('the first failed call', async () => (await show(stack, reference)).order?.troubles);
  stack.esw.control.clearFaults();
  // By itself the next attempt is minutes away, the more the longer the outage was.
  const retried = await call(stack, 'POST', `/portfolio-orders/${reference}/retry-emission`, {
    token: stack.tokens.operate,
    json: { reason: 'ESW is back' },
  });
  expect(retried.status).toBe(200);
  const { order } = await finished(stack, reference, 120_000);
  expect(order.attention).toEqual([]);
  const events = [{ reference }, { parent: reference }].flatMap((which) => stack.esw.control.events(which));
  expect(events).toHaveLength(OWED);
  expect(new Set(events.map(({ body }) => body.id)).size).toBe(OWED);
  expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
  expect(stack.esw.control.audit()).toEqual([]);

  const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
  const { largestEvent, activities } = summarizeHistory(await historyOfAllRuns(testClient(), workflowId));
  expect(largestEvent).toBeLessThan(LARGEST_PAYLOAD);
  // At most 200 of them in a call: it takes more than one, and far fewer than one each.
  const calls = activities.filter((name) => name === 'emitOrderEvents').length;
  expect(calls).toBeGreaterThanOrEqual(OWED / 200);
  expect(calls).toBeLessThan(OWED / 10);
});
