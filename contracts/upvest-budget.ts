/**
 * The `upvestBudget` workflow as others see it: it shares the requests per second that Upvest allows among the processes of a
 * deployment. Names are an API: renaming one breaks the running workflow.
 */
import { defineUpdate } from '@temporalio/workflow';
import type { Holder, Lease, LeaseRequest } from '../src/domain/budget/leases';

export interface UpvestBudgetInput {
  /** Leases of the run before. */
  holders?: Holder[];
}

export type UpvestBudgetWorkflow = (input: UpvestBudgetInput) => Promise<void>;

/** Asks for a lease, or renews it. */
export const leaseUpdate = defineUpdate<Lease, [LeaseRequest]>('lease');

/** Deployments that share a namespace have budgets of their own. */
export function upvestBudgetWorkflowId(orderTaskQueue: string): string {
  return `upvest-budget/${orderTaskQueue}`;
}
