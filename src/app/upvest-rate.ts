/** This process's part of the requests per second that a deployment may send to Upvest. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import {
  leaseUpdate,
  upvestBudgetWorkflowId,
  type UpvestBudgetWorkflow,
} from '../../contracts/upvest-budget';
import type { Lease, LeaseRequest } from '../domain/budget/leases';
import { withTemporalDeadline } from '../temporal/client';
import { untilTaken } from '../temporal/until-taken';
import { createLeasedRate } from '../upvest/client/leased-rate';
import type { RateSource } from '../upvest/client/rate-limiter';

export interface SharedRateOptions {
  /** Of the workers that run workflows. */
  orderTaskQueue: string;
  /** Requests per second of all processes of the deployment together. */
  requestsPerSecond: number;
  warn: (fields: object, message: string) => void;
}

/** Time limit of one request. Without workers the budget does not answer. */
const TIME_LIMIT_MS = 5_000;

/** The rate for one client of Upvest: leases from the deployment's `upvestBudget` workflow, which is started if it does not run. */
export function createSharedRate(
  client: Client,
  { orderTaskQueue, requestsPerSecond: budget, warn }: SharedRateOptions,
): RateSource {
  const holder = randomUUID();
  return createLeasedRate({
    ask: (wanted) => requestLease(client, orderTaskQueue, { holder, wanted, budget }),
    onOutage: (error) => {
      warn(
        { error: String(error) },
        'No share of the requests per second to Upvest: Temporal, or the workers that run workflows, do not answer',
      );
    },
  });
}

async function requestLease(client: Client, taskQueue: string, request: LeaseRequest): Promise<Lease> {
  const send = (): Promise<Lease> =>
    client.workflow.executeUpdateWithStart(leaseUpdate, {
      args: [request],
      startWorkflowOperation: new WithStartWorkflowOperation<UpvestBudgetWorkflow>('upvestBudget', {
        workflowId: upvestBudgetWorkflowId(taskQueue),
        taskQueue,
        args: [{}],
        workflowIdConflictPolicy: 'USE_EXISTING',
        // Before orders: a lease that is renewed too late slows all of them down.
        priority: { priorityKey: 1 },
        staticSummary: 'Upvest’s requests per second, shared by all processes',
      }),
    });
  return withTemporalDeadline(client, TIME_LIMIT_MS, () => untilTaken(send));
}
