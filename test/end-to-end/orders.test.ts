/**
 * Orders from the request to the last OrderEvent: of every kind, with webhooks in every order, and while ESW is in trouble.
 * Under policies in which all that was skipped turns up.
 */
import { upvestDeliveryOrdersSuite } from '../contract/upvest-delivery-orders.suite';
import { NO_GAPS, useStack } from '../support/stack';
import { disorderSuite } from './disorder.suite';
import { eswOutageSuite } from './esw-outage.suite';
import { eswRefusalsSuite } from './esw-refusals.suite';
import { historyBudgetSuite } from './history-budget.suite';
import { mainJobSuite } from './main-job.suite';
import { scenariosSuite } from './scenarios.suite';

const stack = useStack({ policies: NO_GAPS });
afterEach(() => {
  const { esw } = stack();
  esw.control.setOutage(undefined);
  esw.control.clearFaults();
});

describe('the main job', () => {
  mainJobSuite(stack);
});
describe('an order', () => {
  scenariosSuite(stack);
});
describe('webhooks in disorder', () => {
  disorderSuite(stack);
});
describe('what Upvest may deliver', () => {
  upvestDeliveryOrdersSuite(stack);
});
describe('when ESW is away', () => {
  eswOutageSuite(stack);
});
describe('when ESW refuses', () => {
  eswRefusalsSuite(stack);
});
describe('the cost in the engine', () => {
  historyBudgetSuite(stack);
});
