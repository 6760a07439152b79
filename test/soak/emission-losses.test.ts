/**
 * Events at ESW of fifteen orders with lost, duplicated, delayed and shuffled webhooks, while ESW itself fails a third of
 * all calls. `EMISSION_SEED=<number>` makes other faults, and another choice of orders.
 */
import { emissionUnderLossSuite } from '../end-to-end/emission-under-loss.suite';
import { seedOf } from '../support/emission-ends';
import { useLossyRun } from '../support/lossy-run';

const seed = seedOf('EMISSION_SEED', 20_261_102);

describe(`with the seed ${seed}`, () => {
  const run = useLossyRun({
    seed,
    orders: 15,
    pace: {
      processAfterMs: 300,
      childSpacingMs: 50,
      fillAfterMs: 200,
      settleAfterMs: 800,
      settledAheadMs: 400,
      cancelAfterMs: 100,
      secondMs: 100,
    },
    disturbsEsw: true,
  });
  emissionUnderLossSuite(run);
});
