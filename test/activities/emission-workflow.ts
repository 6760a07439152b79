/** The smallest workflow that calls the activity, for its tests. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { FulfillmentActivities, OrderEventBatch } from '../../activities/fulfillment';
import type { EmissionResult } from '../../src/domain/order-emission';

export interface EmissionTimes {
  scheduleToCloseTimeout: number;
  heartbeatTimeout: number;
  /** Pause of the retry policy, always the same. */
  pause: number;
}

export async function emit(batch: OrderEventBatch, times: EmissionTimes): Promise<EmissionResult[]> {
  const { pause, ...timeouts } = times;
  const { emitOrderEvents } = proxyActivities<FulfillmentActivities>({
    ...timeouts,
    retry: { initialInterval: pause, backoffCoefficient: 1 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return emitOrderEvents(batch);
}
