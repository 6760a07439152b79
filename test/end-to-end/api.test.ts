/** The API in front of real orders, under the standard policies of tests. */
import { callersSuite } from '../http/callers.suite';
import { documentedAnswersSuite } from '../http/documented-answers.suite';
import { orderViewsSuite } from '../http/order-views.suite';
import { portfolioOrdersSuite } from '../http/portfolio-orders.suite';
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
describe('what is answered', () => {
  documentedAnswersSuite(stack);
});
