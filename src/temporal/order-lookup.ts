/** Finds the workflows behind a reference or an id, and how they stand. */
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
  type WorkflowHandle,
} from '@temporalio/client';
import type { placePortfolioOrder, portfolioOrder } from '../../workflows';
import {
  placementViewQuery,
  placementWorkflowId,
  portfolioOrderWorkflowId,
  type PlacementView,
  type PortfolioOrderOutcome,
} from '../../workflows/messages';

/** How a workflow stands: it runs, it went its way to the end, or somebody ended it from outside. */
export type Standing = 'running' | 'ended' | 'interrupted';

export interface FoundPlacement {
  standing: Standing;
  /** @throws ServiceError when it has not ended and no worker answers for it */
  view(): Promise<PlacementView>;
}

export type FoundOrder = { handle: WorkflowHandle<typeof portfolioOrder> } & (
  | { standing: 'running' | 'interrupted'; memo: Record<string, unknown> }
  /** The result of what has ended holds all there is to know, and needs no worker to be read. */
  | { standing: 'ended'; outcome: PortfolioOrderOutcome }
);

export interface OrderLookup {
  /** @returns undefined when nothing was ever placed under this reference, or it is no longer kept */
  placement(reference: string): Promise<FoundPlacement | undefined>;
  /** @returns undefined when nobody ever mentioned this order, or it is no longer kept */
  order(portfolioOrderId: string): Promise<FoundOrder | undefined>;
}

/** Every method throws ServiceError when Temporal cannot be reached. */
export function createOrderLookup(client: Client): OrderLookup {
  return {
    placement: (reference) =>
      ignoreMissing(async () => {
        const handle = client.workflow.getHandle<typeof placePortfolioOrder>(placementWorkflowId(reference));
        const { standing } = await describeRun(handle);
        const view = async () =>
          standing === 'ended' ? (await handle.result()).view : handle.query(placementViewQuery);
        return { standing, view };
      }),

    order: (portfolioOrderId) =>
      ignoreMissing(async () => {
        const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
        const handle = client.workflow.getHandle<typeof portfolioOrder>(workflowId);
        const { standing, memo, runId } = await describeRun(handle);
        if (standing !== 'ended') return { standing, handle, memo };
        // Of this very run: an operator may take the order up again at any moment.
        const ended = client.workflow.getHandle<typeof portfolioOrder>(workflowId, runId);
        return { standing, handle, outcome: await ended.result() };
      }),
  };
}

/** The latest run of a workflow id. */
export interface DescribedRun {
  standing: Standing;
  memo: Record<string, unknown>;
  runId: string;
  /** Activities that are being tried or wait to be tried again. */
  pendingActivities: number;
}

/** @throws WorkflowNotFoundError when there is none, or it is no longer kept */
export async function describeRun(handle: WorkflowHandle): Promise<DescribedRun> {
  const { status, memo = {}, runId, raw } = await handle.describe();
  const pendingActivities = raw.pendingActivities?.length ?? 0;
  return { standing: standingOf(status.name), memo, runId, pendingActivities };
}

/** Ends that somebody else made: our workflows themselves always end Completed. */
const INTERRUPTED = new Set<WorkflowExecutionStatusName>(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED']);

function standingOf(status: WorkflowExecutionStatusName): Standing {
  if (status === 'COMPLETED') return 'ended';
  return INTERRUPTED.has(status) ? 'interrupted' : 'running';
}

/** @returns undefined where `look` finds no such workflow */
export async function ignoreMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
