/** Orders that clients follow by events, and events of Upvest's that are parked, under the standard policies of tests. */
import { orderEventsSuite } from '../http/order-events.suite';
import { parkedEventsSuite } from '../http/parked-events.suite';
import { useStack } from '../support/stack';

const stack = useStack({ upvest: { children: 2 } });

describe('following an order', () => {
  orderEventsSuite(stack);
});
describe('parked events', () => {
  parkedEventsSuite(stack);
});
