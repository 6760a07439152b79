/** The command line against the whole product: in this process, but for what only a program can show. */
import { directSuite } from '../cli/direct.suite';
import { operationsSuite } from '../cli/operations.suite';
import { ordersSuite } from '../cli/orders.suite';
import { parkedSuite } from '../cli/parked.suite';
import { processesSuite } from '../cli/processes.suite';
import { FAR_DEADLINES } from '../support/orders';
import { useStack } from '../support/stack';

const stack = useStack({ deadlines: FAR_DEADLINES, upvest: { children: 2 } });

describe('placing and reading orders', () => {
  ordersSuite(stack);
});
describe('operating orders', () => {
  operationsSuite(stack);
});
describe('parked events', () => {
  parkedSuite(stack);
});
describe('without the HTTP server', () => {
  directSuite(stack);
});
describe('as a program', () => {
  processesSuite(stack);
});
