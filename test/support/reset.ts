/** Resets workflows as `temporal workflow reset` does. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { historyOf } from './history';
import type { StubWorker } from './stub-worker';

/** Which of a run's completed workflow tasks a reset goes back to. */
export type ResetPoint = 'first' | 'middle' | 'last';

/**
 * Resets the latest run to the state before one of its completed workflow tasks. The server terminates the run if it is
 * open, and sends the signals and updates after that task again, to the new run.
 */
export async function reset(
  { client }: Pick<StubWorker, 'client'>,
  { workflowId }: Pick<WorkflowHandle, 'workflowId'>,
  point: ResetPoint,
): Promise<void> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const tasks = (await historyOf(client, workflowId, runId)).filter(
    ({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes,
  );
  const { eventId } =
    { first: tasks[0], middle: tasks[Math.floor(tasks.length / 2)], last: tasks.at(-1) }[point] ?? {};
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    requestId: randomUUID(),
    ...(eventId && { workflowTaskFinishEventId: eventId }),
  });
}
