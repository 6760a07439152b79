/** Operators' decisions about orders, with deadlines that no test reaches. */
import { operationsEndsSuite } from '../http/operations-ends.suite';
import { operationsNamesSuite } from '../http/operations-names.suite';
import { operationsRequestsSuite } from '../http/operations-requests.suite';
import { operationsSuite } from '../http/operations.suite';
import { FAR_DEADLINES } from '../support/orders';
import { useStack } from '../support/stack';

const stack = useStack({
  // An order that waits in PROCESSING has a child of each kind: filled, partly filled and NEW.
  upvest: { children: 3 },
  // Only one suite uses orders that are cancelled with this reason.
  deadlines: { ...FAR_DEADLINES, resubmit: { reasons: ['CANCELLED_BY_TRADING_PARTNER'], maxAttempts: 2 } },
});

describe('required fields of a decision', () => {
  operationsRequestsSuite(stack);
});
describe('an order that is open, or not yet placed', () => {
  operationsSuite(stack);
});
describe('resolving order names', () => {
  operationsNamesSuite(stack);
});
describe('an order that has ended', () => {
  operationsEndsSuite(stack);
});
