/**
 * Temporal was restored from an older copy, or is new: each open order of the records database gets its workflow back, with the
 * state of its row, and is read at Upvest. May run again at any time; what is done already is only read again.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { decodeState } from '../../domain/order-state/state-codec';
import type { OrderState } from '../../domain/order-state/state';
import { eachOf } from '../../lib/each-of';
import { is } from '../../temporal/visibility';
import { describeRun, ignoreMissing, type RunStatus } from '../orders/find';
import { sendUpdate, sendUpdateWithStart, type UpdateOutcome } from '../orders/send-update';
import { orderStart } from '../orders/start-options';
import type { OrderStore } from '../ports/order-store';
import type { RecoveryStore, SavedRow } from '../ports/recovery-store';
import { CONCURRENCY, counting, inTime, noting, type Failure, type RecoveryOptions } from './work';
import {
  portfolioOrderWorkflowId,
  reconcileUpdate,
  stateQuery,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';

export interface RecoverOrdersDeps {
  client: Client;
  taskQueue: string;
  rows: Pick<RecoveryStore, 'openOrders' | 'orders'>;
  saved: Pick<OrderStore, 'read'>;
}

export interface RecoverOrdersOptions extends RecoveryOptions {
  /** How long to wait for further workflows to have recovered, once none has. Default: two minutes. */
  patienceMs?: number;
  /** Default: two seconds. */
  pollMs?: number;
}

/** Numbers of orders, and the ids of those that are not as they should be. */
export interface OrdersRecovered {
  /** Whose rows are open. */
  open: number;
  /** That had no workflow, or one that was terminated: started again, or to be started in a dry run. */
  started: number;
  /** Whose workflow lacked what the row has: they took the row's state, or would in a dry run. */
  behind: number;
  /** Whose workflow has all that the row has. */
  current: number;
  /** Orders that had finished, and ran again in the restored Temporal; counted in `behind`, too. */
  finishedBefore: number;
  /** Workflows without a row: they save themselves. */
  unsaved: number;
  /** That are open in the database, and whose workflow has ended: the database is the older one. */
  endedInTemporal: string[];
  failed: Failure[];
}

/** Who asks Upvest in the orders' timelines: the coordinator itself, so that the log of decisions has no line for each order. */
const DECISION = {
  actor: 'coordinator',
  reason: 'Recovery after a loss: the state is taken from the records database where that has more',
};
const PATIENCE_MS = 2 * 60_000;
const POLL_MS = 2_000;

export async function recoverOrders(
  { client, taskQueue, rows, saved }: RecoverOrdersDeps,
  options: RecoverOrdersOptions = {},
): Promise<OrdersRecovered> {
  const { isDryRun = false, onProgress = () => undefined, concurrency = CONCURRENCY } = options;
  const result: OrdersRecovered = {
    ...{ open: 0, started: 0, behind: 0, current: 0, finishedBefore: 0, unsaved: 0 },
    endedInTemporal: [],
    failed: [],
  };
  const awaited = new Map<string, SavedRow>();
  const kinds = new Map<string, Kind>();

  async function start(row: SavedRow): Promise<void> {
    const { portfolioOrderId } = row;
    kinds.set(portfolioOrderId, 'started');
    if (isDryRun) return;
    const known = await saved.read(portfolioOrderId);
    if (known === undefined) throw new Error('The row has no state');
    const begin = orderStart(taskQueue, known.settings, portfolioOrderId);
    const outcome = await inTime(client, () => sendUpdateWithStart(client, begin, update()));
    checkTaken(outcome);
    if (outcome !== undefined) awaited.set(portfolioOrderId, row);
  }

  async function notice(row: SavedRow): Promise<void> {
    const { portfolioOrderId, version, isFinished } = row;
    const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
    const isBehind = hasLess(await stateOf(portfolioOrderId), version);
    kinds.set(portfolioOrderId, isBehind ? (isFinished ? 'finishedBefore' : 'behind') : 'current');
    if (isDryRun) return;
    // It saves what it was asked, and is refused if the row has more: then it takes the row's state before it sends anything.
    checkTaken(await inTime(client, () => sendUpdate(client, workflowId, update())));
    if (isBehind) awaited.set(portfolioOrderId, row);
  }

  async function recover(row: SavedRow): Promise<void> {
    const { portfolioOrderId, isFinished } = row;
    const status = await statusOf(portfolioOrderId);
    if (status === 'running') await notice(row);
    else if (isFinished) return;
    else if (status === 'ended') kinds.set(portfolioOrderId, 'ended');
    else await start(row);
  }

  async function statusOf(portfolioOrderId: string): Promise<RunStatus | undefined> {
    const handle = client.workflow.getHandle(portfolioOrderWorkflowId(portfolioOrderId));
    return (await ignoreMissing(() => inTime(client, () => describeRun(handle))))?.runStatus;
  }

  async function stateOf(portfolioOrderId: string): Promise<OrderState> {
    const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
    const handle = client.workflow.getHandle<PortfolioOrderWorkflow>(workflowId);
    return decodeState(await inTime(client, () => handle.query(stateQuery)));
  }

  /** True once the workflow has saved itself above the row that was found, or has ended. */
  async function isRecovered({ portfolioOrderId, version }: SavedRow): Promise<boolean> {
    const [row] = await rows.orders([portfolioOrderId]);
    if (row === undefined || row.version <= version) return false;
    const status = await statusOf(portfolioOrderId);
    return status === 'ended' || (await stateOf(portfolioOrderId)).recovery === 'recovered';
  }

  /** Rows that only the restored Temporal leads to: orders that run there, and have finished since. */
  async function finishedOnes(known: ReadonlySet<string>): Promise<SavedRow[]> {
    const further: string[] = [];
    const query = `${is('WorkflowType', 'portfolioOrder')} AND ${is('TaskQueue', taskQueue)} AND ${is('ExecutionStatus', 'Running')}`;
    for await (const { workflowId } of client.workflow.list({ query })) {
      const portfolioOrderId = workflowId.slice(portfolioOrderWorkflowId('').length);
      if (!known.has(portfolioOrderId)) further.push(portfolioOrderId);
    }
    const found: SavedRow[] = [];
    for (let at = 0; at < further.length; at += PAGE)
      found.push(...(await rows.orders(further.slice(at, at + PAGE))));
    result.unsaved = further.length - found.length;
    return found;
  }

  const open: SavedRow[] = [];
  for await (const row of rows.openOrders()) open.push(row);
  result.open = open.length;
  const finished = await finishedOnes(new Set(open.map((row) => row.portfolioOrderId)));
  let left = [...open, ...finished];
  // Right after a restore, Temporal and the workers are busy: what fails is repeated, with less at a time.
  for (let pass = 1; pass <= PASSES && left.length > 0; pass += 1) {
    result.failed = [];
    const count = counting(isDryRun ? 'Orders read' : 'Orders asked', left.length, options);
    await eachOf(left, Math.ceil(concurrency / pass), async (row) => {
      await noting(result.failed, row.portfolioOrderId, () => recover(row));
      count();
    });
    const names = new Set(result.failed.map(({ name }) => name));
    left = left.filter(({ portfolioOrderId }) => names.has(portfolioOrderId));
  }
  await untilRecovered(awaited, isRecovered, result.failed, { onProgress, concurrency, ...options });
  return { ...result, ...countsOf(kinds) };
}

const PAGE = 500;
const PASSES = 3;

/** What was found of an order. */
type Kind = 'started' | 'behind' | 'finishedBefore' | 'current' | 'ended';

function countsOf(kinds: ReadonlyMap<string, Kind>) {
  const of = (...wanted: Kind[]): string[] =>
    [...kinds].flatMap(([name, kind]) => (wanted.includes(kind) ? [name] : []));
  return {
    started: of('started').length,
    behind: of('behind', 'finishedBefore').length,
    finishedBefore: of('finishedBefore').length,
    current: of('current').length,
    endedInTemporal: of('ended'),
  };
}

function update() {
  return { definition: reconcileUpdate, decision: DECISION, key: randomUUID() };
}

/** @throws Error where no workflow has taken it. A run that is closed by an operator, or has ended, needs no question. */
function checkTaken(outcome: UpdateOutcome | undefined): void {
  if (outcome?.kind === 'outcome-unknown') throw new Error('No worker answered in time');
}

/** Runs of early revisions do not save themselves: nothing is known of them. */
function hasLess({ saving, isBehind }: OrderState, version: number): boolean {
  return isBehind === true || (saving !== undefined && saving.version < version);
}

/** Looks at the workflows until all have recovered, or none has for a while. */
async function untilRecovered(
  awaited: Map<string, SavedRow>,
  isRecovered: (row: SavedRow) => Promise<boolean>,
  failed: Failure[],
  options: RecoverOrdersOptions & Required<Pick<RecoveryOptions, 'onProgress' | 'concurrency'>>,
): Promise<void> {
  const { onProgress, concurrency, patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  const total = awaited.size;
  for (let lastAt = Date.now(); awaited.size > 0 && Date.now() - lastAt < patienceMs;) {
    await sleep(pollMs);
    const before = awaited.size;
    await eachOf([...awaited.values()], concurrency, async (row) => {
      // Temporal or a worker may be busy: the next look will tell.
      if (await isRecovered(row).catch(() => false)) awaited.delete(row.portfolioOrderId);
    });
    if (awaited.size === before) continue;
    lastAt = Date.now();
    onProgress(`Orders recovered: ${total - awaited.size} of ${total}`);
  }
  for (const name of awaited.keys())
    failed.push({
      name,
      why: 'It has been asked, and has not recovered yet. Are workers running? Run this again',
    });
}
