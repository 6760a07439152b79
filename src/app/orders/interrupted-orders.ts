/**
 * Orders whose workflow was terminated or failed: no row says so, since nothing of the order ran. From Temporal's index, at most
 * once in a while for each process, and kept meanwhile.
 */
import type { Client } from '@temporalio/client';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';
import { placementWorkflowId } from '../../../contracts/placement';
import { searchAttributes } from '../../../contracts/search-attributes';
import { is, isAnyOf, readIndex, type IndexedRun } from '../../temporal/visibility';
import type { InterruptedOrders } from '../ports/order-list';

export interface InterruptedOrdersSource {
  /** As of at most some seconds ago. @throws IndexTooSlow; ServiceError when Temporal cannot be reached */
  current(): Promise<InterruptedOrders>;
  /** As last read, at once, and read again in the background; undefined if it was never read. */
  known(): InterruptedOrders | undefined;
}

const READ_EVERY_MS = 15_000;
/** One page of Temporal's index: the most recently interrupted. */
const MAX_ORDERS = 1000;

const ORDER = is('WorkflowType', 'portfolioOrder');
const PLACEMENT = is('WorkflowType', 'placePortfolioOrder');
const INTERRUPTED = isAnyOf('ExecutionStatus', ['Terminated', 'Failed', 'TimedOut', 'Canceled']);
const NO_ORDER = `${PLACEMENT} AND ${searchAttributes.portfolioOrderId.name} IS NULL`;

export interface InterruptedOrdersOptions {
  /** Milliseconds since the epoch. */
  now?: () => number;
  readEveryMs?: number;
}

/** @param taskQueue restricts it to this deployment: others may share the namespace */
export function createInterruptedOrders(
  client: Client,
  taskQueue: string,
  { now = Date.now, readEveryMs = READ_EVERY_MS }: InterruptedOrdersOptions = {},
): InterruptedOrdersSource {
  let last: { orders: InterruptedOrders; at: number } | undefined;
  let reading: Promise<InterruptedOrders> | undefined;

  async function readNow(): Promise<InterruptedOrders> {
    const startedAt = now();
    const orders = await readInterrupted(client, taskQueue);
    last = { orders, at: startedAt };
    return orders;
  }

  async function current(): Promise<InterruptedOrders> {
    if (last !== undefined && now() - last.at < readEveryMs) return last.orders;
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    current,
    known() {
      // Temporal may be away: lists go on without it.
      current().catch(() => undefined);
      return last?.orders;
    },
  };
}

async function readInterrupted(client: Client, taskQueue: string): Promise<InterruptedOrders> {
  const query = `${is('TaskQueue', taskQueue)} AND ${INTERRUPTED} AND ((${ORDER}) OR (${NO_ORDER}))`;
  const { runs } = await readIndex(client, query, { limit: MAX_ORDERS });
  const interrupted = await withoutRestarted(client, runs);
  return { portfolioOrderIds: idsIn(interrupted, ORDER_ID), references: idsIn(interrupted, PLACEMENT_ID) };
}

/** Those without a later run: an order that was restarted has several. Costs a query only where there are any. */
async function withoutRestarted(client: Client, runs: readonly IndexedRun[]): Promise<IndexedRun[]> {
  const ids = [...new Set(runs.map(({ workflowId }) => workflowId))];
  const latest = new Map<string, IndexedRun>();
  for (let start = 0; start < ids.length; start += IDS_OF_A_QUERY) {
    const some = isAnyOf('WorkflowId', ids.slice(start, start + IDS_OF_A_QUERY));
    const all = await readIndex(client, `${some} AND NOT ${is('ExecutionStatus', 'ContinuedAsNew')}`, {
      limit: MAX_ORDERS,
    });
    for (const run of all.runs) {
      const other = latest.get(run.workflowId);
      if (other === undefined || other.startedAt < run.startedAt) latest.set(run.workflowId, run);
    }
  }
  return runs.filter(({ workflowId, runId }) => latest.get(workflowId)?.runId === runId);
}

const IDS_OF_A_QUERY = 100;
const ORDER_ID = portfolioOrderWorkflowId('');
const PLACEMENT_ID = placementWorkflowId('');

function idsIn(runs: readonly IndexedRun[], prefix: string): string[] {
  return runs.flatMap(({ workflowId }) =>
    workflowId.startsWith(prefix) ? [workflowId.slice(prefix.length)] : [],
  );
}
