/** The HTTP server in front of real orders, under the standard policies of tests. */
import { callersSuite } from '../http/callers.suite';
import { documentedAnswersSuite } from '../http/documented-answers.suite';
import { orderEventsSuite } from '../http/order-events.suite';
import { orderViewsSuite } from '../http/order-views.suite';
import { parkedEventsSuite } from '../http/parked-events.suite';
import { portfolioOrdersSuite } from '../http/portfolio-orders.suite';
import { webhookSignatureSuite } from '../http/webhook-signature.suite';
import { webhookSuite } from '../http/webhook.suite';
import { useStack } from '../support/stack';

const stack = useStack({ upvest: { children: 2 } });

describe('callers', () => {
  callersSuite(stack);
});
describe('portfolio orders', () => {
  portfolioOrdersSuite(stack);
});
describe('views of an order', () => {
  orderViewsSuite(stack);
});
describe('following an order', () => {
  orderEventsSuite(stack);
});
describe('answers', () => {
  documentedAnswersSuite(stack);
});
// It expects only its own events in the list, so it comes before the suites that park webhooks.
describe('parked events', () => {
  parkedEventsSuite(stack);
});
describe('who may send webhooks', () => {
  webhookSignatureSuite(stack);
});
describe('the outcome of each event', () => {
  webhookSuite(stack);
});
