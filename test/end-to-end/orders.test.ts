/** Orders of every kind, and webhooks of every order, under policies in which all that was skipped turns up. */
import { NO_GAPS, useStack } from '../support/stack';
import { disorderSuite } from './disorder.suite';
import { scenariosSuite } from './scenarios.suite';

const stack = useStack({ policies: NO_GAPS });

describe('an order', () => {
  scenariosSuite(stack);
});
describe('webhooks in disorder', () => {
  disorderSuite(stack);
});
