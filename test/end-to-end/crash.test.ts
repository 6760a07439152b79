/**
 * Worker processes die by SIGKILL, in the midst of sending events, placing and following. `test/soak` has the same with
 * more orders, and waits until the engine notices by its own time-outs; here it is told.
 */
import { useEmissionStack } from '../support/emission-stack';
import { missWorkerOf } from '../support/engine-waits';
import { crashSuite } from '../workflows/crash.suite';
import { emissionUnderFailureSuite } from './emission-under-failure.suite';

/**
 * Its first eight orders: a rebalancing, a cancel in PROCESSING, an execution ahead of its order, settled ahead of
 * PROCESSING, cancelled with filled children, a child cancelled by the partner, mistrades, and one without incident.
 */
const SEED = 56;

const parts = useEmissionStack();

const whenKilled = (workflowIds: string[]): Promise<void> => missWorkerOf(parts().stack.client, workflowIds);

describe('while ESW fails, too', () => {
  const worker = emissionUnderFailureSuite(parts, {
    seed: SEED,
    orders: 8,
    outage: { after: 20, ms: 1_000 },
    whenKilled,
  });
  afterAll(() => {
    parts().stack.esw.control.clearFaults();
  });

  describe('an order that was', () => {
    crashSuite(parts, { worker, whenKilled });
  });
});
