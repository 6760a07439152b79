/**
 * Fifty orders of everything that the simulated Upvest can do, on one stack, while webhooks are lost, doubled, delayed,
 * shuffled and split, calls of the API fail before and after their effect, and the only worker process is killed: each
 * order ends in the broker's truth, nothing is lost and nothing is done twice.
 *
 * Takes about half a minute: the engine notices a dead worker by time-outs of seconds, and questions wait for silence.
 * `END_TO_END_SEED=<number>` makes another mix of the same orders and other faults.
 */
import { ordersUnderLossSuite } from '../end-to-end/orders-under-loss.suite';
import { seedOf } from '../support/emission-ends';
import { useLossyRun } from '../support/lossy-run';

const seed = seedOf('END_TO_END_SEED', 20_260_301);

describe(`with the seed ${seed}`, () => {
  const run = useLossyRun({
    seed,
    orders: 50,
    // Lives of some seconds, so that a worker can die in the midst of them.
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
