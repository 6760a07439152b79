/**
 * Slots, pollers and cache of the Workers of a process. A slot is a task under way; docs/operations.md#sizing-of-workers says how to
 * size a deployment.
 */
import type { WorkerOptions } from '@temporalio/worker';

type Sizes = Pick<
  WorkerOptions,
  | 'maxConcurrentActivityTaskExecutions'
  | 'maxConcurrentWorkflowTaskExecutions'
  | 'activityTaskPollerBehavior'
  | 'workflowTaskPollerBehavior'
  | 'maxCachedWorkflows'
>;

/** Polls grow with what waits in the queue, so that an idle process holds few. */
const POLLERS: NonNullable<WorkerOptions['activityTaskPollerBehavior']> = {
  type: 'autoscaling',
  minimum: 2,
  initial: 5,
  maximum: 20,
};

/**
 * Workflow tasks compute for about a millisecond on one thread, and wait for replays and for the server in between: more slots
 * bring no throughput. Activities of this queue signal workflows and write rows.
 */
export function orderWorkerSizes(cachedWorkflows: number): Sizes {
  return {
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 100,
    workflowTaskPollerBehavior: POLLERS,
    activityTaskPollerBehavior: POLLERS,
    maxCachedWorkflows: cachedWorkflows,
  };
}

/**
 * 250 requests a second that take 200 ms each are 50 under way. Twice as many, since a call waits for its turn and may read
 * several objects. What waits beyond that waits in Temporal's queue, where placing and cancelling overtake reads.
 */
export function brokerWorkerSizes(): Sizes {
  return { maxConcurrentActivityTaskExecutions: 100, activityTaskPollerBehavior: POLLERS };
}

/**
 * Twice the requests that may be on their way: most calls have one event or two, and save the order before and after them. An
 * ESW that hangs fills these slots, and no others.
 */
export function emissionWorkerSizes(maxInFlight = 64): Sizes {
  return { maxConcurrentActivityTaskExecutions: 2 * maxInFlight, activityTaskPollerBehavior: POLLERS };
}
