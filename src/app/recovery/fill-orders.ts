/**
 * The records database was restored from an older copy, or is new: its rows and final records are filled from the workflows that
 * Temporal has, running and ended ones. May run again at any time: what is stored already stays as it is.
 */
import type { Client } from '@temporalio/client';
import { decodeState } from '../../domain/order-state/state-codec';
import type { OrderState } from '../../domain/order-state/state';
import { VERSIONS_OF_A_BATCH } from '../../domain/records/saving';
import { eachOf } from '../../lib/each-of';
import { inputOf } from '../../temporal/run-input';
import { is } from '../../temporal/visibility';
import type { OrderStore } from '../ports/order-store';
import { sentEvents } from './sent-events';
import { CONCURRENCY, counting, inTime, noting, type Failure, type RecoveryOptions } from './work';
import {
  portfolioOrderWorkflowId,
  settingsOf,
  stateQuery,
  type PortfolioOrderInput,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';

export interface FillOrdersDeps {
  client: Client;
  taskQueue: string;
  store: Pick<OrderStore, 'save'>;
}

export interface OrdersFilled {
  /** Final records, one for each time that an order finished. */
  finished: number;
  /** Open orders, those whose workflow was terminated among them. */
  open: number;
  /** That have no row by design: their runs began under a release without records, or have done nothing yet. */
  unsaved: number;
  failed: Failure[];
}

interface Run {
  portfolioOrderId: string;
  workflowId: string;
  runId: string;
  startedAt: number;
  closedAt: number;
  status: string;
}

/** Statuses of a run that has a successor, or whose order has ended for good. */
const CONTINUED = 'CONTINUED_AS_NEW';
const COMPLETED = 'COMPLETED';

export async function fillOrders(
  { client, taskQueue, store }: FillOrdersDeps,
  options: RecoveryOptions = {},
): Promise<OrdersFilled> {
  const { isDryRun = false, concurrency = CONCURRENCY } = options;
  const result: OrdersFilled = { finished: 0, open: 0, unsaved: 0, failed: [] };
  const runs = await runsIn(client, taskQueue, options);

  /** The order as the run leaves it. @returns undefined for one that has no row by design */
  async function save(run: Run, state: OrderState, settings: PortfolioOrderInput, finishedAt?: string) {
    const { saving } = state;
    // A run that has not recovered yet knows less than another one, which is listed, too.
    if (saving === undefined || state.recovery !== 'recovered') return void (result.unsaved += 1);
    const events = await sentEvents(client, run.workflowId, runIdsOf(runs, run), state.emission);
    await store.save({
      // Below what the workflow itself may be storing in this moment.
      version: Math.max(1, saving.version - (finishedAt === undefined ? VERSIONS_OF_A_BATCH : 0)),
      state,
      settings: settingsOf(settings),
      events,
      ...(finishedAt !== undefined && { finishedAt }),
    });
    result[finishedAt === undefined ? 'open' : 'finished'] += 1;
    return undefined;
  }

  async function saveFinished(run: Run): Promise<void> {
    const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(run.workflowId, run.runId);
    const { state, settings, finishedAt } = await inTime(client, () => handle.result());
    await save(run, decodeState(state), { ...settings, portfolioOrderId: run.portfolioOrderId }, finishedAt);
  }

  async function saveOpen(run: Run): Promise<void> {
    const { workflowId, runId } = run;
    const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(workflowId, runId);
    const [state, input] = await Promise.all([
      inTime(client, () => handle.query(stateQuery)),
      inTime(client, () => inputOf(client, workflowId, runId)),
    ]);
    await save(run, decodeState(state), input as PortfolioOrderInput);
  }

  const ended = runs.filter(({ status }) => status === COMPLETED).sort((a, b) => a.closedAt - b.closedAt);
  const open = latestOfEach(runs).filter(({ status }) => status !== COMPLETED && status !== CONTINUED);
  if (isDryRun) return { ...result, finished: ended.length, open: open.length };
  const countFinished = counting('Finished orders', ended.length, options);
  // One after the other: the chain of records is in the order in which the orders finished.
  await eachOf(ended, 1, async (run) => {
    await noting(result.failed, run.portfolioOrderId, () => saveFinished(run));
    countFinished();
  });
  const countOpen = counting('Open orders', open.length, options);
  await eachOf(open, concurrency, async (run) => {
    await noting(result.failed, run.portfolioOrderId, () => saveOpen(run));
    countOpen();
  });
  return result;
}

/** All runs that Temporal still has. */
async function runsIn(client: Client, taskQueue: string, options: RecoveryOptions): Promise<Run[]> {
  const query = `${is('WorkflowType', 'portfolioOrder')} AND ${is('TaskQueue', taskQueue)}`;
  const runs: Run[] = [];
  const count = counting('Workflows listed', undefined, options);
  for await (const { workflowId, runId, status, startTime, closeTime } of client.workflow.list({ query })) {
    runs.push({
      portfolioOrderId: workflowId.slice(portfolioOrderWorkflowId('').length),
      ...{ workflowId, runId },
      startedAt: startTime.getTime(),
      closedAt: closeTime?.getTime() ?? Infinity,
      status: status.name,
    });
    count();
  }
  return runs;
}

function latestOfEach(runs: readonly Run[]): Run[] {
  const latest = new Map<string, Run>();
  for (const run of runs) {
    const known = latest.get(run.workflowId);
    if (known === undefined || known.startedAt < run.startedAt) latest.set(run.workflowId, run);
  }
  return [...latest.values()];
}

/** The run and those before it, oldest first. */
function runIdsOf(runs: readonly Run[], { workflowId, startedAt }: Run): string[] {
  return runs
    .filter((run) => run.workflowId === workflowId && run.startedAt <= startedAt)
    .sort((a, b) => a.startedAt - b.startedAt)
    .map(({ runId }) => runId);
}
