/**
 * The records database was restored from an older copy, or is new: the registry of references is filled from the placements that
 * Temporal has. May run again at any time: what is stored already, and is newer, stays as it is.
 */
import type { Client } from '@temporalio/client';
import { firstView } from '../../domain/records/placement-row';
import { eachOf } from '../../lib/each-of';
import { inputOf } from '../../temporal/run-input';
import { is } from '../../temporal/visibility';
import type { RunStatus } from '../orders/find';
import { claimOf } from '../placements/claim';
import type { Registry } from '../ports/registry';
import { CONCURRENCY, counting, inTime, noting, type Failure, type RecoveryOptions } from './work';
import {
  placementViewQuery,
  type PlacementView,
  type PlacementWorkflow,
  type PlacePortfolioOrderInput,
} from '../../../contracts/placement';

export interface FillPlacementsDeps {
  client: Client;
  taskQueue: string;
  registry: Pick<Registry, 'save'>;
}

export interface PlacementsFilled {
  /** References whose placements are in the registry now. */
  placements: number;
  failed: Failure[];
}

export interface PlacementRun {
  workflowId: string;
  runId: string;
  runStatus: RunStatus;
  memo: Record<string, unknown>;
}

export async function fillPlacements(
  { client, taskQueue, registry }: FillPlacementsDeps,
  options: RecoveryOptions = {},
): Promise<PlacementsFilled> {
  const { isDryRun = false, concurrency = CONCURRENCY } = options;
  const names = new Set<string>();
  const failed: Failure[] = [];
  const count = counting('Placements', undefined, options);
  const query = `${is('WorkflowType', 'placePortfolioOrder')} AND ${is('TaskQueue', taskQueue)}`;
  await eachOf(client.workflow.list({ query }), concurrency, async ({ workflowId, runId, status, memo }) => {
    // The run that went on from there knows more.
    if (status.name === 'CONTINUED_AS_NEW') return;
    const runStatus = STATUSES[status.name] ?? 'interrupted';
    await noting(failed, workflowId, async () => {
      if (!isDryRun)
        await savePlacement(client, registry, { workflowId, runId, runStatus, memo: memo ?? {} });
      names.add(workflowId);
    });
    count();
  });
  return { placements: names.size, failed };
}

const STATUSES: Partial<Record<string, RunStatus>> = { RUNNING: 'running', COMPLETED: 'ended' };

/** Stores a placement as its run shows it. */
export async function savePlacement(
  client: Client,
  registry: Pick<Registry, 'save'>,
  { workflowId, runId, runStatus, memo: { submitter } }: PlacementRun,
): Promise<void> {
  const input = await inTime(client, () => inputOf(client, workflowId, runId));
  const placement = input as PlacePortfolioOrderInput;
  const handle = client.workflow.getHandle<PlacementWorkflow>(workflowId, runId);
  const view = await inTime(client, async (): Promise<PlacementView> => {
    if (runStatus === 'ended') return (await handle.result()).view;
    if (runStatus === 'running') return handle.query(placementViewQuery);
    return placement.lookUp?.view ?? firstView(placement);
  });
  const claim = claimOf(placement, { view, ...(typeof submitter === 'string' && { submitter }) });
  await registry.save(claim, Date.parse(view.steps?.at(-1)?.at ?? view.requestedAt));
}
