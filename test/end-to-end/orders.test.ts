/**
 * Orders from the request to the last OrderEvent: of every kind, with webhooks in every order, and while ESW fails.
 * With policies under which every skipped status is found.
 */
import { upvestDeliveryOrdersSuite } from '../contract/upvest-delivery-orders.suite';
import { NO_GAPS, useStack } from '../support/stack';
import { archiveSuite } from './archive.suite';
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
describe('when ESW is unavailable', () => {
  eswOutageSuite(stack);
});
describe('when ESW rejects', () => {
  eswRefusalsSuite(stack);
});
describe('an order that Temporal no longer has', () => {
  archiveSuite(stack);
});
describe('the history budget', () => {
  historyBudgetSuite(stack);
});
