/** Compares what the product recorded with what the simulated broker did. */
import type { Stack } from '../../demo/stack';
import type { Outcome } from './recorded-outcome';
import { newRequest, show, submit, until } from './stack';
import { truthAt } from './upvest-truth';

export { recordOf } from './recorded-outcome';

/** Statuses and amounts as the broker knows them. */
export const truthOf = (stack: Stack, portfolioOrderId: string): Outcome =>
  truthAt(stack.upvest.control, portfolioOrderId);

/** Submits an order and holds all of its webhooks back until the broker has settled it. */
export async function settledWithoutWebhooks(
  stack: Stack,
  request = newRequest(),
): Promise<{ reference: string; id: string }> {
  stack.upvest.control.holdWebhooks();
  const reference = await submit(stack, request);
  const id = await until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
  await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
  return { reference, id };
}
