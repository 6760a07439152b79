/**
 * Fifty orders of everything that the simulated Upvest can do, on one stack, while webhooks are lost, duplicated, delayed,
 * shuffled and split, calls of the API fail before and after their effect, and the only worker process is killed: each
 * order ends as at the broker, nothing is lost and nothing is done twice.
 *
 * Takes about half a minute: Temporal detects a dead worker by timeouts of seconds, and reconciliations wait for the
 * debounce. `END_TO_END_SEED=<number>` makes another mix of the same orders and other faults.
 */
import { ordersUnderLossSuite } from '../end-to-end/orders-under-loss.suite';
import { seedOf } from '../support/emission-ends';
import { useLossyRun } from '../support/lossy-run';

const seed = seedOf('END_TO_END_SEED', 20_260_301);

describe(`with the seed ${seed}`, () => {
  const run = useLossyRun({
    seed,
    orders: 50,
    // Orders take some seconds, so that a worker can die while they run.
    pace: {
      processAfterMs: 500,
      childSpacingMs: 50,
      fillAfterMs: 200,
      settleAfterMs: 1_000,
      settledAheadMs: 500,
      cancelAfterMs: 100,
      secondMs: 100,
    },
    disturbsApi: true,
    kills: { started: 30, ended: 10 },
  });
  ordersUnderLossSuite(run);
});
