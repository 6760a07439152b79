import type { Stack } from '../../src/cli/dev-stack';
import { expectWithinBudget } from '../support/history-budget';
import { finished, newRequest } from '../support/stack';
import { settledInSilence } from '../support/truth';

const REQUESTS = 8;

/** The cost of an order in the engine, over the whole product; `test/workflows/history-budget` has it of larger orders. */
export function historyBudgetSuite(stack: () => Stack): void {
  it('an order with 10 children stays within what 8 webhook requests may cost', async () => {
    const children = 10;
    const { upvest, esw, client } = stack();
    const request = newRequest();
    upvest.control.configureAccount(request.accountId, { children });
    const { reference, id } = await settledInSilence(stack(), request);
    expect(upvest.control.portfolioOrder(id).events).toHaveLength(4 + 5 * children);
    await upvest.control.releaseWebhooks({ batches: REQUESTS });
    await finished(stack(), reference);
    // The portfolio order has four statuses, and each child NEW, PROCESSING and FILLED.
    const family = [{ reference }, { parent: reference }].flatMap((which) => esw.control.events(which));
    expect(family).toHaveLength(4 + 3 * children);
    await expectWithinBudget(client, { id, reference, requests: REQUESTS });
  });
}
