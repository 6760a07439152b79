/** What operators decide about orders, with deadlines that no test lives to see. */
import { operationsEndsSuite } from '../http/operations-ends.suite';
import { operationsNamesSuite } from '../http/operations-names.suite';
import { operationsRequestsSuite } from '../http/operations-requests.suite';
import { operationsSuite } from '../http/operations.suite';
import { FAR_DEADLINES } from '../support/orders';
import { useStack } from '../support/stack';

const stack = useStack({
  // An order that waits in PROCESSING has a child of each kind: filled, partly filled and NEW.
  upvest: { children: 3 },
  // Orders that are cancelled in this way are one suite's own.
  deadlines: { ...FAR_DEADLINES, resubmit: { reasons: ['CANCELLED_BY_TRADING_PARTNER'], maxAttempts: 2 } },
});

describe('what a decision must say', () => {
  operationsRequestsSuite(stack);
});
describe('an order that is open, or not yet placed', () => {
  operationsSuite(stack);
});
describe('the order that a name means', () => {
  operationsNamesSuite(stack);
});
describe('an order that has ended', () => {
  operationsEndsSuite(stack);
});
