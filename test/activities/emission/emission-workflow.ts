/** The smallest workflow that calls the activity, for its tests. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { EmissionResult } from '../../../src/domain/order/emission';
import type { EmissionActivities, OrderEventBatch, SavingBatchResult } from '../../../contracts/activities';

export interface EmissionTimes {
  scheduleToCloseTimeout: number;
  heartbeatTimeout: number;
  /** Pause of the retry policy, always the same. */
  pause: number;
  /** Default: as many as there is time for. */
  attempts?: number;
}

export async function emit(
  batch: OrderEventBatch,
  times: EmissionTimes,
): Promise<EmissionResult[] | SavingBatchResult> {
  const { pause, attempts, ...timeouts } = times;
  const { emitOrderEvents } = proxyActivities<EmissionActivities>({
    ...timeouts,
    retry: {
      initialInterval: pause,
      backoffCoefficient: 1,
      ...(attempts !== undefined && { maximumAttempts: attempts }),
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return emitOrderEvents(batch);
}
