/** The Temporal Schedule of the sweep, one for each deployment. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
} from '@temporalio/client';
import { sweepWorkflowId, type SweepInput, type SweepWorkflow } from '../../contracts/sweep';

export interface SweepSchedule {
  orderTaskQueue: string;
  /** Milliseconds between sweeps; undefined for none. */
  everyMs: number | undefined;
  input: SweepInput;
}

/**
 * Makes Temporal's schedule that of the configuration. Idempotent, also beside other workers: the last one wins, and all of a
 * deployment have the same configuration. Whether it is paused stays as it is.
 */
export async function ensureSweepSchedule(
  client: Client,
  { orderTaskQueue, everyMs, input }: SweepSchedule,
): Promise<void> {
  const scheduleId = sweepWorkflowId(orderTaskQueue);
  if (everyMs === undefined) {
    await deleteSchedule(client, scheduleId);
    return;
  }
  const spec = { intervals: [{ every: everyMs }] };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'reconciliationSweep',
    workflowId: scheduleId,
    taskQueue: orderTaskQueue,
    args: [input] as Parameters<SweepWorkflow>,
  };
  // A sweep covers all that was missed.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' as const };
  try {
    await client.schedule.create<SweepWorkflow>({ scheduleId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update<SweepWorkflow>(({ state }) => ({ spec, action, policies, state }));
  }
}

async function deleteSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
