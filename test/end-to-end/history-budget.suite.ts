import type { Stack } from '../../demo/stack';
import { expectWithinBudget } from '../support/history-budget';
import { finished, newRequest } from '../support/stack';
import { settledWithoutWebhooks } from '../support/truth';

const REQUESTS = 8;

/** History size of an order over the whole product; `test/workflows/history-budget` tests larger orders. */
export function historyBudgetSuite(stack: () => Stack): void {
  it('an order with 10 children stays within the history budget of 8 webhook requests', async () => {
    const children = 10;
    const { upvest, esw, client } = stack();
    const request = newRequest();
    upvest.control.configureAccount(request.accountId, { children });
    const { reference, id } = await settledWithoutWebhooks(stack(), request);
    expect(upvest.control.portfolioOrder(id).events).toHaveLength(4 + 5 * children);
    await upvest.control.releaseWebhooks({ batches: REQUESTS });
    await finished(stack(), reference);
    // The portfolio order has four statuses, and each child NEW, PROCESSING and FILLED.
    const family = [{ reference }, { parent: reference }].flatMap((which) => esw.control.events(which));
    expect(family).toHaveLength(4 + 3 * children);
    await expectWithinBudget(client, { id, reference, requests: REQUESTS });
  });
}
