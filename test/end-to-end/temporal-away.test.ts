/** The HTTP server while Temporal or Upvest is unavailable, under the standard policies of tests. */
import { listsAwaySuite } from '../http/lists-away.suite';
import { temporalAwaySuite } from '../http/temporal-away.suite';
import { useStack } from '../support/stack';

const stack = useStack({ upvest: { children: 2 } });

describe('webhooks, orders and decisions', () => {
  temporalAwaySuite(stack);
});
describe('lists', () => {
  listsAwaySuite(stack);
});
