/**
 * Placements that a restored Temporal lacks: their orders are looked up at Upvest, and never placed again. The records database has
 * no user id, so that one that never began waits for its client to repeat the request.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { firstPlacementName, NO_USER_ID, type PortfolioOrderRequest } from '../../domain/broker/placement';
import { eachOf } from '../../lib/each-of';
import { describeRun, ignoreMissing } from '../orders/find';
import { lookUpOf } from '../placements/look-up';
import { isStarted } from '../placements/is-started';
import { placementStart } from '../placements/start-placement';
import type { RecoveryStore } from '../ports/recovery-store';
import type { Registered, Registry } from '../ports/registry';
import { savePlacement } from './fill-placements';
import { CONCURRENCY, counting, inTime, noting, type Failure, type RecoveryOptions } from './work';
import { placementWorkflowId, type PlacementWorkflow } from '../../../contracts/placement';
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';

export interface RecoverPlacementsDeps {
  client: Client;
  taskQueue: string;
  rows: Pick<RecoveryStore, 'openPlacements' | 'latestSettings'>;
  registry: Pick<Registry, 'save'>;
}

/** Numbers of placements without an order that has a row of its own, and the names of those that need a person. */
export interface PlacementsRecovered {
  open: number;
  /** That run: they look before they POST. */
  running: number;
  /** That have ended in Temporal; their rows were brought up to date. */
  ended: number;
  /** That Temporal had lost: they look for their orders at Upvest. */
  lookedUp: number;
  /** That never began: the same request, submitted again, starts them. */
  toSubmitAgain: string[];
  /** That were terminated: `reconcile` restarts them. */
  interrupted: string[];
  failed: Failure[];
}

export async function recoverPlacements(
  { client, taskQueue, rows, registry }: RecoverPlacementsDeps,
  options: RecoveryOptions = {},
): Promise<PlacementsRecovered> {
  const { isDryRun = false, concurrency = CONCURRENCY } = options;
  const result: PlacementsRecovered = {
    ...{ open: 0, running: 0, ended: 0, lookedUp: 0 },
    toSubmitAgain: [],
    interrupted: [],
    failed: [],
  };

  async function recover(placement: Registered): Promise<void> {
    const { name } = placement;
    const workflowId = placementWorkflowId(name);
    const run = await ignoreMissing(() =>
      inTime(client, () => describeRun(client.workflow.getHandle(workflowId))),
    );
    if (run === undefined) return lookUp(placement);
    const { runStatus, runId, memo } = run;
    if (runStatus === 'running') result.running += 1;
    else if (runStatus === 'interrupted') result.interrupted.push(name);
    else {
      if (!isDryRun) await savePlacement(client, registry, { workflowId, runId, memo, runStatus });
      result.ended += 1;
    }
  }

  async function lookUp(placement: Registered): Promise<void> {
    if (!isStarted(placement)) return void result.toSubmitAgain.push(placement.name);
    if (!isDryRun) {
      const settings = await rows.latestSettings();
      // No order has been saved so far: nothing says with which settings this one would run.
      if (settings === undefined) return void result.toSubmitAgain.push(placement.name);
      await inTime(client, () => startLookUp(client, taskQueue, placement, settings));
    }
    result.lookedUp += 1;
    return undefined;
  }

  const count = counting('Placements', undefined, options);
  await eachOf(rows.openPlacements(), concurrency, async (placement) => {
    result.open += 1;
    await noting(result.failed, placement.name, () => recover(placement));
    count();
  });
  return result;
}

async function startLookUp(
  client: Client,
  taskQueue: string,
  registered: Registered,
  order: PortfolioOrderSettings,
): Promise<void> {
  const { name, view, digest, submitter, deployment } = registered;
  if (view === undefined || digest === undefined) throw new Error('The row does not have its request');
  const { attempt = 1, previous, correctionOf, requestedAt } = view;
  const request: PortfolioOrderRequest = { ...view.request, userId: NO_USER_ID };
  const placement = {
    ...(deployment !== undefined && { deployment }),
    reference: firstPlacementName(name),
    ...{ request, requestedAt, attempt, order },
    ...(previous !== undefined && { previous }),
    ...(correctionOf !== undefined && { correctionOf }),
  };
  try {
    await client.workflow.start<PlacementWorkflow>('placePortfolioOrder', {
      ...placementStart(taskQueue, lookUpOf(placement, registered)),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      // Of the request with its user id, as the client's next submit is compared with it.
      memo: { requestDigest: digest, ...(submitter !== undefined && { submitter }) },
    });
  } catch (error) {
    // The client was faster.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
