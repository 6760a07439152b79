/**
 * Thirty orders that cover all kinds of events to ESW, while ESW fails a third of all calls, is unavailable for some
 * seconds, and the worker process dies while sending.
 *
 * Takes about half a minute: Temporal detects a dead worker by a timeout of 15 s. `EMISSION_SEED=<number>` makes other
 * faults, and another order of the same orders.
 */
import { emissionUnderFailureSuite } from '../end-to-end/emission-under-failure.suite';
import { seedOf } from '../support/emission-ends';
import { useEmissionStack } from '../support/emission-stack';

const seed = seedOf('EMISSION_SEED', 20_261_101);

describe(`with the seed ${seed}`, () => {
  emissionUnderFailureSuite(useEmissionStack(), { seed, orders: 30, outage: { after: 60, ms: 3_000 } });
});
