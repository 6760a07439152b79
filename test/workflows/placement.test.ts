/** One order at the broker, whatever happens to the POST, and never a guess. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { searchAttributes } from '../../src/temporal/search-attributes';
import type { placePortfolioOrder } from '../../workflows';
import { placementWorkflowId } from '../../workflows/messages';
import { finished, newRequest, show, startTestStack, statusesAtEsw, submit, until } from '../support/stack';
import { eventTypes, historyOf } from '../support/history';
import { HELD_MS } from '../support/orders';
import { closeTemporal } from '../support/temporal';

describe('placing', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });
  afterEach(() => {
    stack.upvest.control.clearFaults();
  });

  const ordersOf = (accountId: unknown) =>
    stack.upvest.control
      .portfolioOrders()
      .filter(({ portfolioOrder }) => portfolioOrder.account_id === accountId);

  it.each([
    ['the connection breaks before the POST has an effect', { mode: 'before', outcome: 'reset' }],
    ['the connection breaks after the POST took effect', { mode: 'after', outcome: 'reset' }],
    ['a gateway answers 502 after the POST took effect', { mode: 'after', outcome: 502 }],
    ['Upvest is overloaded (429)', { mode: 'before', outcome: 429 }],
    ['Upvest answers 409 to the key after it took effect', { mode: 'after', outcome: 409 }],
  ] as const)('places once when %s', async (_what, fault) => {
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', ...fault });
    const request = newRequest();
    const reference = await submit(stack, request);
    const { order } = await finished(stack, reference);
    expect(order.status).toBe('SETTLED');
    expect(ordersOf(request.accountId)).toHaveLength(1);
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
  });

  it('ends with the problem when Upvest refuses', async () => {
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 403 });
    const request = newRequest();
    const reference = await submit(stack, request);
    const view = await until('the refusal', async () => {
      const seen = await show(stack, reference);
      return seen.phase === 'REFUSED' ? seen : undefined;
    });
    expect(view.placement?.problem).toMatchObject({
      status: 403,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(ordersOf(request.accountId)).toHaveLength(0);
  });

  it('does not take a 4xx for a refusal once an earlier attempt may have placed', async () => {
    const posts = { method: 'POST', path: '/portfolios/orders' };
    stack.upvest.control.failCalls({ ...posts, mode: 'after', outcome: 'reset' });
    stack.upvest.control.failCalls({ ...posts, mode: 'before', outcome: 400 });
    const request = newRequest();
    const reference = await submit(stack, request);
    const { order } = await finished(stack, reference);
    expect(order.status).toBe('SETTLED');
    expect(ordersOf(request.accountId)).toHaveLength(1);
  });

  it('survives a cancellation request from the Web UI', async () => {
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
    const request = newRequest();
    const reference = await submit(stack, request);
    await stack.client.workflow.getHandle(`placement/${reference}`).cancel();
    await until('the broker to settle', () =>
      ordersOf(request.accountId).some(({ portfolioOrder }) => portfolioOrder.status === 'SETTLED'),
    );
    stack.upvest.control.clearFaults();
    const { order } = await finished(stack, reference);
    expect(order.status).toBe('SETTLED');
  });

  describe('when the hour of POSTs is over and the outcome is still unknown', () => {
    /** Starts a placement whose time is up, with every answer to its POST lost. */
    async function placeUnanswered(accountId: string): Promise<string> {
      stack.upvest.control.failCalls({
        method: 'POST',
        path: '/portfolios/orders',
        mode: 'after',
        outcome: 'reset',
        count: 9,
      });
      const { reference } = newRequest();
      const request = {
        userId: randomUUID(),
        accountId,
        cashAmount: '77.70',
        currency: 'EUR',
        side: 'BUY',
        postTax: false,
      } as const;
      const requestedAt = new Date(Date.now() - 3_600_000).toISOString();
      await stack.client.workflow.start<typeof placePortfolioOrder>('placePortfolioOrder', {
        workflowId: placementWorkflowId(reference),
        taskQueue: stack.config.orderTaskQueue,
        args: [{ reference, request, requestedAt, attempt: 1, order: stack.config.order }],
        typedSearchAttributes: [
          { key: searchAttributes.accountId, value: accountId },
          { key: searchAttributes.cashAmount, value: 77.7 },
          { key: searchAttributes.orderReference, value: reference },
        ],
      });
      return reference;
    }

    it('finds the one order that matches at Upvest, and goes on with it', async () => {
      const accountId = randomUUID();
      const reference = await placeUnanswered(accountId);
      const { order } = await finished(stack, reference);
      expect(order).toMatchObject({ status: 'SETTLED', origin: 'placed', reference, accountId });
      expect(ordersOf(accountId)).toHaveLength(1);
      expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    });

    it('chooses none of two that match, and asks for a human', async () => {
      const accountId = randomUUID();
      stack.upvest.control.initiate({
        userId: randomUUID(),
        accountId,
        cashAmount: '77.70',
        initiationFlow: 'API',
      });
      const reference = await placeUnanswered(accountId);
      // It looked, chose nothing, and waits for its next look.
      await until('the first look', async () =>
        eventTypes(await historyOf(stack.client, placementWorkflowId(reference))).includes('TIMER_STARTED'),
      );
      expect(ordersOf(accountId)).toHaveLength(2);
      const view = await show(stack, reference);
      expect(view.phase).toBe('UNKNOWN');
      expect(view.placement?.waitingFor).toContain('operator');
      const handle = stack.client.workflow.getHandle(placementWorkflowId(reference));
      const { currentDetails } = await handle.query<{ currentDetails?: string }>(
        '__temporal_workflow_metadata',
      );
      expect(currentDetails).toMatch(/BUY 77\.70 EUR.* is \*\*UNKNOWN\*\*/);
      for (const { portfolioOrder } of ordersOf(accountId))
        expect(currentDetails).toContain(`- ${portfolioOrder.id}`);
      const query = `Attention = 'PLACEMENT_UNKNOWN' AND OrderReference = '${reference}'`;
      await until(
        'the attention in visibility',
        async () => (await stack.client.workflow.count(query)).count === 1,
      );
      expect(statusesAtEsw(stack, reference)).toEqual([]);
    });
  });
});
