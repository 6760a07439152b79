/** Orders from the request to the last OrderEvent, and what becomes of them while ESW is in trouble, on one stack. */
import { useStack } from '../support/stack';
import { eswOutageSuite } from './esw-outage.suite';
import { eswRefusalsSuite } from './esw-refusals.suite';
import { historyBudgetSuite } from './history-budget.suite';
import { mainJobSuite } from './main-job.suite';

const stack = useStack();
afterEach(() => {
  const { esw } = stack();
  esw.control.setOutage(undefined);
  esw.control.clearFaults();
});

describe('the main job', () => {
  mainJobSuite(stack);
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
