/** A placement that has the name of a new request already: what the registry has of it, or Temporal. */
import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { PlacementProblem } from '../../domain/broker/problem';
import { withTemporalDeadline } from '../../temporal/client';
import { inputOf } from '../../temporal/run-input';
import { ignoreMissing } from '../orders/find';
import type { Claim, Registered, Registry } from '../ports/registry';
import { claimOf } from './claim';
import { isStarted } from './is-started';
import { lookUpOf } from './look-up';
import { startPlacement } from './start-placement';
import {
  placementViewQuery,
  placementWorkflowId,
  type PlacementView,
  type PlacementWorkflow,
  type PlacePortfolioOrderInput,
} from '../../../contracts/placement';

export interface EarlierPlacement {
  /** True if its request is the new one. */
  isSame: boolean;
  /** Whether it ended without an order: by Upvest's rejection, or because no attempt got through in time. */
  end: 'rejected' | 'not-placed-in-time' | undefined;
}

/** A request, and what the registry has of its name. */
export interface Taken {
  input: PlacePortfolioOrderInput;
  claim: Claim;
  registered: Registered;
}

/** Decides by the registry; by Temporal while the registry has no outcome, or does not know whether it was started. */
export async function findEarlier(
  client: Client,
  taskQueue: string,
  registry: Registry,
  { input, claim, registered }: Taken,
): Promise<EarlierPlacement> {
  const { name, digest, portfolioOrderId, view } = registered;
  const isSame = digest === claim.digest;
  if (digest !== undefined && isStarted(registered)) {
    if (view?.phase === 'REFUSED') return { isSame, end: endOf(view.problem) };
    if (portfolioOrderId !== undefined || view?.phase === 'NOT_PLACED') return { isSame, end: undefined };
  }
  const run = await ignoreMissing(() => client.workflow.getHandle(placementWorkflowId(name)).describe());
  if (run === undefined) {
    if (isSame && isStarted(registered)) await lookUpAgain(client, taskQueue, input, registered);
    return { isSame, end: undefined };
  }
  const memoDigest = run.memo?.requestDigest;
  // A repeated request must not wait for a worker.
  const isRepeated = memoDigest === claim.digest && run.status.name === 'RUNNING';
  const seen = isRepeated ? undefined : await lastView(client, run);
  // Its row may be that of this request, which lost the name in Temporal.
  if (memoDigest !== digest || !isStarted(registered))
    await registry.started(name, memoDigest === digest ? undefined : await claimIn(client, run, seen));
  const end = seen?.phase === 'REFUSED' ? endOf(seen.problem) : undefined;
  return { isSame: memoDigest === claim.digest, end };
}

function endOf(problem: PlacementProblem | undefined): EarlierPlacement['end'] {
  return problem?.retryable ? 'not-placed-in-time' : 'rejected';
}

/** Of a query: the view is only wanted if a worker is there. Milliseconds. */
const QUERY_LIMIT_MS = 500;

/** @returns undefined while no worker answers, and for a placement that was terminated or failed */
async function lastView(
  client: Client,
  { workflowId, status: { name } }: WorkflowExecutionDescription,
): Promise<PlacementView | undefined> {
  const handle = client.workflow.getHandle<PlacementWorkflow>(workflowId);
  if (name === 'COMPLETED') return (await handle.result()).view;
  if (name !== 'RUNNING') return undefined;
  const query = () => handle.query(placementViewQuery);
  return withTemporalDeadline(client, QUERY_LIMIT_MS, query).catch(() => undefined);
}

/** The placement that has the name in Temporal, as the registry takes it. */
async function claimIn(
  client: Client,
  { workflowId, runId, memo }: WorkflowExecutionDescription,
  view: PlacementView | undefined,
): Promise<Claim> {
  const input = (await inputOf(client, workflowId, runId)) as PlacePortfolioOrderInput;
  const submitter = memo?.submitter;
  return claimOf(input, {
    ...(typeof submitter === 'string' && { submitter }),
    ...(view && { view }),
  });
}

/**
 * Temporal has lost a placement whose outcome the registry does not know, as when it was restored from an older copy: the order
 * is looked up at Upvest, and never placed again.
 */
async function lookUpAgain(
  client: Client,
  taskQueue: string,
  input: PlacePortfolioOrderInput,
  registered: Registered,
): Promise<void> {
  try {
    await startPlacement(client, taskQueue, lookUpOf(input, registered), registered.submitter);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
