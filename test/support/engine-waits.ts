/**
 * Triggers the Temporal server's timeouts at once, for tests of their consequences. `test/soak` waits for the real
 * timeouts.
 */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { msToTs, type Duration } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { grpcCodeOf, grpcStatus } from '../../src/temporal/grpc';
import { until } from './until';

const { PENDING_ACTIVITY_STATE_STARTED: STARTED } = temporal.api.enums.v1.PendingActivityState;

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type TimeOut = 'scheduleToCloseTimeout' | 'heartbeatTimeout';
const MASKS: Record<TimeOut, string> = {
  scheduleToCloseTimeout: 'schedule_to_close_timeout',
  heartbeatTimeout: 'heartbeat_timeout',
};

/** Pending activities of a workflow; none if it has ended, or was never started. */
export async function pendingActivities(client: Client, workflowId: string): Promise<PendingActivity[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities ?? [];
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return [];
  }
}

/** Gives the pending activities of this type another timeout, which starts when the old one did. */
export async function setTimeOut(
  client: Client,
  activity: { workflowId: string; type: string },
  timeOut: TimeOut,
  duration: Duration,
): Promise<void> {
  await update(client, activity, {
    activityOptions: { [timeOut]: msToTs(duration) },
    updateMask: { paths: [MASKS[timeOut]] },
  });
}

async function update(
  client: Client,
  { workflowId, type }: { workflowId: string; type: string },
  change: Pick<
    temporal.api.workflowservice.v1.IUpdateActivityOptionsRequest,
    'activityOptions' | 'updateMask' | 'restoreOriginal'
  >,
): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.updateActivityOptions({
    namespace,
    execution: { workflowId },
    type,
    ...change,
  });
}

/**
 * Makes the server give up the worker of these workflows, before another one is started: running activities have missed
 * their heartbeat and wait for their next attempt, and workflow tasks leave the sticky queue.
 */
export async function missWorkerOf(client: Client, workflowIds: readonly string[]): Promise<void> {
  await Promise.all(workflowIds.map((workflowId) => missWorker(client, workflowId)));
}

async function missWorker(client: Client, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  const isUnderWay = ({ state }: PendingActivity): boolean => state === STARTED;
  const underWay = (await pendingActivities(client, workflowId)).filter(isUnderWay);
  for (const { activityType } of underWay) {
    const activity = { workflowId, type: activityType?.name ?? '' };
    await setTimeOut(client, activity, 'heartbeatTimeout', '1s');
    await until(`${activity.type} to be missed`, async () => {
      return !(await pendingActivities(client, workflowId)).some(isUnderWay);
    });
    await update(client, activity, { restoreOriginal: true });
  }
  try {
    await client.workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId } });
  } catch (error) {
    // It has ended, or was never started.
    if (grpcCodeOf(error) !== grpcStatus.notFound) throw error;
  }
}
