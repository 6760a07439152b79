/** The budgets of the architecture, for orders whose webhook events arrive in 8 requests, with an event to ESW for each status of each child. */
import type { Stack } from '../../src/cli/dev-stack';
import { placementWorkflowId, portfolioOrderWorkflowId } from '../../workflows/messages';
import { historyOf, summarizeHistory } from '../support/history';
import { finished, newRequest, startTestStack } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { settledInSilence } from '../support/truth';

const REQUESTS = 8;

describe('the cost of an order in the engine', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ eventDetail: 'orders' });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it.each([10, 30])('stays within what B requests may cost, with %d children', async (children) => {
    const request = newRequest();
    stack.upvest.control.configureAccount(request.accountId, { children });
    const { reference, id } = await settledInSilence(stack, request);
    expect(stack.upvest.control.portfolioOrder(id).events).toHaveLength(4 + 5 * children);
    await stack.upvest.control.releaseWebhooks({ batches: REQUESTS });
    await finished(stack, reference);
    // The portfolio order has four statuses, and each child NEW, PROCESSING and FILLED.
    const family = [{ reference }, { parent: reference }].flatMap((which) => stack.esw.control.events(which));
    expect(family).toHaveLength(4 + 3 * children);

    const order = summarizeHistory(await historyOf(testClient(), portfolioOrderWorkflowId(id)));
    expect(order.signals.filter((name) => name === 'brokerEvents')).toHaveLength(REQUESTS);
    expect(order.signals.filter((name) => name === 'placed')).toHaveLength(1);
    expect(order.activities.length).toBeLessThanOrEqual(REQUESTS + 2);
    expect(new Set(order.activities)).toEqual(new Set(['emitOrderEvents']));
    expect(order.events).toBeLessThanOrEqual(40 + 10 * REQUESTS);
    expect(order.largestEvent).toBeLessThan(512 * 1024);

    const placement = summarizeHistory(await historyOf(testClient(), placementWorkflowId(reference)));
    expect(placement.activities).toEqual(['placePortfolioOrder']);
    expect(placement.events).toBeLessThanOrEqual(14);
  });
});
