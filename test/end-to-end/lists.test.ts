/** Lists of orders and of workflows. Each has a stack of its own, since it has to find these orders and no others. */
import { DEADLINES_OF_VIEWS, operationsDocumentSuite } from '../docs/operations-document.suite';
import { orderListSuite } from '../http/order-list.suite';
import { useStack } from '../support/stack';

describe('the list of orders', () => {
  orderListSuite(useStack());
});
describe('saved views of docs/operations.md', () => {
  operationsDocumentSuite(useStack({ deadlines: DEADLINES_OF_VIEWS }));
});
