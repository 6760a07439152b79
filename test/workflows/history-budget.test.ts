/** The budgets of the architecture, for 10 children and 54 events that arrive in 8 requests. */
import type { Stack } from '../../src/cli/dev-stack';
import { placementWorkflowId, portfolioOrderWorkflowId } from '../../workflows/messages';
import { historyOf, summarizeHistory } from '../support/history';
import { finished, startTestStack } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { settledInSilence } from '../support/truth';

const REQUESTS = 8;
const CHILDREN = 10;

describe('the cost of an order in the engine', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ upvest: { children: CHILDREN } });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('stays within 40 + 10 per request events, one signal per request and one emission per request', async () => {
    const { reference, id } = await settledInSilence(stack);
    expect(stack.upvest.control.portfolioOrder(id).events).toHaveLength(4 + 5 * CHILDREN);
    await stack.upvest.control.releaseWebhooks({ batches: REQUESTS });
    await finished(stack, reference);

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
