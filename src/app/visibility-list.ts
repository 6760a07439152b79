/**
 * The list of orders from Temporal's index, while rows are not written by all workflows yet. What the index cannot do, the
 * records database does: sorts, counts, searches and ranges.
 */
import type { PlacementWorkflow } from '../../contracts/placement';
import type { Client } from '@temporalio/client';
import { atPosition } from './cursor';
import type { OrderFilter, OrderIndex, OrderSummary } from './ports/order-list';
import { fromIndex } from '../domain/views/partner-trouble';
import { searchAttributes } from '../../contracts/search-attributes';
import { is, isAnyOf, readIndex, type IndexedRun } from '../temporal/visibility';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

const ORDER = is('WorkflowType', 'portfolioOrder');
const PLACEMENT = is('WorkflowType', 'placePortfolioOrder');
const COMPLETED = is('ExecutionStatus', 'Completed');
const INTERRUPTED = isAnyOf('ExecutionStatus', ['Terminated', 'Failed', 'TimedOut', 'Canceled']);
const NO_ORDER = `${PLACEMENT} AND ${searchAttributes.portfolioOrderId.name} IS NULL`;
const UNKNOWN = 'PLACEMENT_UNKNOWN';
const IS_UNKNOWN = is(searchAttributes.attention, UNKNOWN);

const PHASES: Record<NonNullable<OrderFilter['phase']>, string> = {
  // Without a value an attribute differs from none.
  PLACING: `${NO_ORDER} AND NOT ${COMPLETED} AND (${searchAttributes.attention.name} IS NULL OR NOT ${IS_UNKNOWN})`,
  UNKNOWN: `${NO_ORDER} AND NOT ${COMPLETED} AND ${IS_UNKNOWN}`,
  REFUSED: `${NO_ORDER} AND ${COMPLETED}`,
  TRACKED: `${ORDER} AND NOT ${COMPLETED}`,
  FINISHED: `${ORDER} AND ${COMPLETED}`,
};

/** @param taskQueue restricts the list to this deployment: others may share the namespace */
export function createVisibilityIndex(client: Client, taskQueue: string, records: OrderIndex): OrderIndex {
  return {
    count: (filter) => records.count(filter),
    async page(filter, sort, part) {
      const { search, amount, times } = filter;
      if (sort !== undefined || [search, amount, times].some((one) => one !== undefined))
        return records.page(filter, sort, part);
      const query = queryOf(taskQueue, filter);
      const { runs, next } = await atPosition(part.cursor, () => readIndex(client, query, part));
      const latest = await latestOf(client, runs);
      const orders = await Promise.all(latest.map((run) => summaryOf(client, run)));
      return { orders: withoutDuplicates(orders), ...(next !== undefined && { next }) };
    },
  };
}

/** The visibility query of a filter. @throws Error for a value that cannot be part of a query */
function queryOf(taskQueue: string, filter: OrderFilter): string {
  const { status, accountId, attention, reference, type, phase, open, interrupted } = filter;
  const keys = searchAttributes;
  return [
    is('TaskQueue', taskQueue),
    `NOT ${is('ExecutionStatus', 'ContinuedAsNew')}`,
    `((${ORDER}) OR (${NO_ORDER}))`,
    ...(status === undefined ? [] : [is(keys.portfolioOrderStatus, status)]),
    // A placement keeps the client's spelling, an order Upvest's.
    ...(accountId === undefined ? [] : [isAnyOf(keys.accountId, [accountId, accountId.toLowerCase()])]),
    ...(reference === undefined ? [] : [is(keys.orderReference, reference)]),
    ...(type === undefined ? [] : [is(keys.portfolioOrderType, type)]),
    ...(attention === undefined ? [] : [needs(attention)]),
    ...(interrupted === undefined || attention !== undefined ? [] : [INTERRUPTED]),
    ...(phase === undefined ? [] : [`(${PHASES[phase]})`]),
    ...(open === undefined ? [] : [open ? `NOT ${COMPLETED}` : COMPLETED]),
  ].join(' AND ');
}

function needs(attention: string): string {
  const { attention: codes } = searchAttributes;
  if (attention === 'any') return `(${codes.name} IS NOT NULL OR ${INTERRUPTED})`;
  return attention === 'INTERRUPTED' ? INTERRUPTED : is(codes, attention);
}

/**
 * Keeps the latest run of each workflow id: an order that was reopened or restarted has several. Costs one more query per
 * page.
 */
async function latestOf(client: Client, runs: IndexedRun[]): Promise<IndexedRun[]> {
  const closed = runs.filter(({ runStatus }) => runStatus !== 'running').map(({ workflowId }) => workflowId);
  if (closed.length === 0) return runs;
  const ids = [...new Set(closed)];
  const query = `${isAnyOf('WorkflowId', ids)} AND NOT ${is('ExecutionStatus', 'ContinuedAsNew')}`;
  const all = await readIndex(client, query, { limit: RUNS_OF_A_PAGE });
  const latest = new Map<string, IndexedRun>();
  for (const run of [...runs, ...all.runs]) {
    const other = latest.get(run.workflowId);
    if (other === undefined || other.startedAt < run.startedAt) latest.set(run.workflowId, run);
  }
  return runs.filter(({ workflowId, runId }) => latest.get(workflowId)?.runId === runId);
}

/** Ten runs for each row of the longest page; the index lists the newest first. */
const RUNS_OF_A_PAGE = 1000;

async function summaryOf(client: Client, run: IndexedRun): Promise<OrderSummary> {
  const { startedAt, closedAt, runStatus } = run;
  const value = (key: (typeof searchAttributes)[keyof typeof searchAttributes]) => run.values(key)[0];
  const reference = value(searchAttributes.orderReference);
  const portfolioOrderId = portfolioOrderIdOf(run);
  const status = value(searchAttributes.portfolioOrderStatus);
  const type = value(searchAttributes.portfolioOrderType);
  const accountId = value(searchAttributes.accountId);
  const settlementDue = value(searchAttributes.settlementDue);
  const troubles =
    runStatus === 'running'
      ? run.values(searchAttributes.partnerTrouble).flatMap((entry) => fromIndex(entry) ?? [])
      : [];
  return {
    ...(reference !== undefined && { reference }),
    ...(portfolioOrderId !== undefined && { portfolioOrderId }),
    phase: await phaseOf(client, run),
    ...(status !== undefined && { status }),
    ...(type !== undefined && { type }),
    ...(accountId !== undefined && { accountId }),
    attention: run.values(searchAttributes.attention).sort(),
    ...(troubles.length > 0 && { troubles }),
    ...(settlementDue !== undefined &&
      awaitsSettlement(run, status) && { settlementDue: new Date(settlementDue).toISOString() }),
    openedAt: typeof run.memo.openedAt === 'string' ? run.memo.openedAt : startedAt,
    changedAt: closedAt ?? startedAt,
    ...(closedAt !== undefined && { closedAt }),
    ...(runStatus === 'interrupted' && { interrupted: true }),
  };
}

/** Of runs of earlier revisions the index keeps the time when settlement was due. */
function awaitsSettlement({ runStatus }: IndexedRun, status: string | undefined): boolean {
  return runStatus !== 'completed' && (status === 'FILLED' || status === 'CANCELLED');
}

const ORDER_ID = portfolioOrderWorkflowId('');

function portfolioOrderIdOf(run: IndexedRun): string | undefined {
  return run.workflowId.startsWith(ORDER_ID)
    ? run.workflowId.slice(ORDER_ID.length)
    : run.values(searchAttributes.portfolioOrderId)[0];
}

async function phaseOf(client: Client, run: IndexedRun): Promise<OrderSummary['phase']> {
  const { workflowId, runId, runStatus } = run;
  if (workflowId.startsWith(ORDER_ID)) return runStatus === 'completed' ? 'FINISHED' : 'TRACKED';
  if (runStatus !== 'completed')
    return run.values(searchAttributes.attention).includes(UNKNOWN) ? 'UNKNOWN' : 'PLACING';
  // The index does not distinguish a rejection from an operator's decision; the result does. Both are rare.
  const ended = client.workflow.getHandle<PlacementWorkflow>(workflowId, runId);
  return (await ended.result()).outcome === 'refused' ? 'REFUSED' : 'NOT_PLACED';
}

/**
 * Merges a placement into its order: both are listed for a moment during the handoff. The row of the order is kept, with the
 * attentions of both.
 */
function withoutDuplicates(orders: OrderSummary[]): OrderSummary[] {
  const kept: OrderSummary[] = [];
  for (const order of [...orders].sort((a, b) => Number(lacksOrderId(a)) - Number(lacksOrderId(b)))) {
    const same = kept.find((other) => isSame(other, order));
    if (same === undefined) kept.push(order);
    else same.attention = [...new Set([...same.attention, ...order.attention])].sort();
  }
  return orders.filter((order) => kept.includes(order));
}

function lacksOrderId({ portfolioOrderId }: OrderSummary): boolean {
  return portfolioOrderId === undefined;
}

function isSame(one: OrderSummary, other: OrderSummary): boolean {
  if (!lacksOrderId(one) && !lacksOrderId(other)) return false;
  return one.reference !== undefined && one.reference === other.reference;
}
