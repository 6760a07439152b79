/** Orders for which something never arrives: a placement here, or an earlier status. */
import { upvestInconsistenciesOrdersSuite } from '../contract/upvest-inconsistencies-orders.suite';
import { useStack } from '../support/stack';
import { adoptionSuite } from './adoption.suite';

const GRACE_MS = 400;
const stack = useStack({
  upvest: { children: 2 },
  policies: { placedGraceMs: GRACE_MS, predecessorGraceMs: 200 },
});

describe('adoption', () => {
  adoptionSuite(stack, GRACE_MS);
});
describe('inconsistencies', () => {
  upvestInconsistenciesOrdersSuite(stack);
});
