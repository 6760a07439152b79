/** What upvest.md says of deliveries and of known inconsistencies, and what it means for orders. */
import { upvestDeliveryOrdersSuite } from '../contract/upvest-delivery-orders.suite';
import { upvestInconsistenciesOrdersSuite } from '../contract/upvest-inconsistencies-orders.suite';
import { NO_GAPS, useStack } from '../support/stack';

describe('deliveries', () => {
  // All that was left out turns up.
  upvestDeliveryOrdersSuite(useStack({ upvest: { children: 2 }, policies: NO_GAPS }));
});
describe('inconsistencies', () => {
  // What is left out never comes.
  const soon = { placedGraceMs: 200, predecessorGraceMs: 200 };
  upvestInconsistenciesOrdersSuite(useStack({ upvest: { children: 2 }, policies: soon }));
});
