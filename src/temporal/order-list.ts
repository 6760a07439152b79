/** Lists portfolio orders from Temporal's index, with the placements of which no order has come (yet). */
import type { Client } from '@temporalio/client';
import type { placePortfolioOrder } from '../../workflows';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import type { OrderStatusView } from './order-reader';
import { searchAttributes } from './search-attributes';
import { is, isAnyOf, readIndex, type IndexedRun } from './visibility';

/** An order as the list shows it. No amounts: the index holds them as doubles. */
export interface OrderSummary {
  reference?: string;
  /** Absent while, or because, there is no order at Upvest. */
  portfolioOrderId?: string;
  phase: OrderStatusView['phase'];
  /** Upvest's word. */
  status?: string;
  type?: string;
  accountId?: string;
  /** Codes of what somebody has to look at, sorted. */
  attention: string[];
  /** ISO 8601 UTC. */
  settlementDue?: string;
  /** When it was opened here; of a life of several workflow runs, when the present one began. */
  openedAt: string;
  closedAt?: string;
  /** True when somebody ended the workflow from outside. */
  interrupted?: true;
}

/** Which part of its life an order is in, as far as the index can tell. */
export const LISTED_PHASES = ['PLACING', 'UNKNOWN', 'REFUSED', 'TRACKED', 'FINISHED'] as const;

/** All that are given have to be met. */
export interface OrderFilter {
  status?: string;
  accountId?: string;
  /** A code, `INTERRUPTED` for those whose workflow somebody ended from outside, or `any` for all that need somebody. */
  attention?: string;
  reference?: string;
  type?: string;
  /** `REFUSED` includes those of which an operator has said that there is no order. */
  phase?: (typeof LISTED_PHASES)[number];
  /** False: finished, or ended without an order. */
  open?: boolean;
}

export interface OrderPage {
  orders: OrderSummary[];
  /** Where the next page begins; absent after the last one. */
  next?: string;
}

export interface OrderList {
  /**
   * Open orders first, newest first; then those that closed last. A page may hold fewer than `limit` though more follow.
   *
   * @throws IndexTooSlow; ServiceError when Temporal cannot be reached
   */
  page(filter: OrderFilter, part: { limit: number; cursor?: string }): Promise<OrderPage>;
}

const ORDER = is('WorkflowType', 'portfolioOrder');
const PLACEMENT = is('WorkflowType', 'placePortfolioOrder');
const COMPLETED = is('ExecutionStatus', 'Completed');
const INTERRUPTED = isAnyOf('ExecutionStatus', ['Terminated', 'Failed', 'TimedOut', 'Canceled']);
const NO_ORDER = `${PLACEMENT} AND ${searchAttributes.portfolioOrderId.name} IS NULL`;
const UNKNOWN = 'PLACEMENT_UNKNOWN';
/** The one attention that a placement keeps which has made an order: that order could not be told. */
const AFTER_FINISH = 'PLACED_AFTER_FINISH';

const PHASES: Record<NonNullable<OrderFilter['phase']>, string> = {
  PLACING: `${NO_ORDER} AND NOT ${COMPLETED} AND ${searchAttributes.attention.name} IS NULL`,
  UNKNOWN: `${NO_ORDER} AND NOT ${COMPLETED} AND ${is(searchAttributes.attention, UNKNOWN)}`,
  REFUSED: `${NO_ORDER} AND ${COMPLETED}`,
  TRACKED: `${ORDER} AND NOT ${COMPLETED}`,
  FINISHED: `${ORDER} AND ${COMPLETED}`,
};

/** @param taskQueue of the orders' workflows: other deployments may share the namespace */
export function createOrderList(client: Client, taskQueue: string): OrderList {
  return {
    async page(filter, part) {
      const { runs, next } = await readIndex(client, queryOf(taskQueue, filter), part);
      const latest = await latestOf(client, runs);
      const orders = await Promise.all(latest.map((run) => summaryOf(client, run)));
      return { orders: withoutRepetition(orders), ...(next !== undefined && { next }) };
    },
  };
}

/** The query that finds them. @throws Error for values that cannot be part of one */
export function queryOf(taskQueue: string, filter: OrderFilter): string {
  const { status, accountId, attention, reference, type, phase, open } = filter;
  const keys = searchAttributes;
  const told =
    attention === 'any' || attention === AFTER_FINISH ? is(keys.attention, AFTER_FINISH) : undefined;
  const subjects = [ORDER, NO_ORDER, ...(told === undefined ? [] : [`${PLACEMENT} AND ${told}`])];
  return [
    is('TaskQueue', taskQueue),
    `NOT ${is('ExecutionStatus', 'ContinuedAsNew')}`,
    `(${subjects.map((one) => `(${one})`).join(' OR ')})`,
    ...(status === undefined ? [] : [is(keys.portfolioOrderStatus, status)]),
    // A placement has it as the client spelt it, an order as Upvest does.
    ...(accountId === undefined ? [] : [isAnyOf(keys.accountId, [accountId, accountId.toLowerCase()])]),
    ...(reference === undefined ? [] : [is(keys.orderReference, reference)]),
    ...(type === undefined ? [] : [is(keys.portfolioOrderType, type)]),
    ...(attention === undefined ? [] : [needs(attention)]),
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
 * A workflow id has a further run when an order was taken up again, or started again after somebody had ended it: only the
 * latest says how the order stands. One more question for a whole page.
 */
async function latestOf(client: Client, runs: IndexedRun[]): Promise<IndexedRun[]> {
  const closed = runs.filter(({ standing }) => standing !== 'running').map(({ workflowId }) => workflowId);
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

/** Ten for each of the longest page; the index lists the newest first. */
const RUNS_OF_A_PAGE = 1000;

async function summaryOf(client: Client, run: IndexedRun): Promise<OrderSummary> {
  const { startedAt, closedAt, standing } = run;
  const value = (key: (typeof searchAttributes)[keyof typeof searchAttributes]) => run.values(key)[0];
  const reference = value(searchAttributes.orderReference);
  const portfolioOrderId = portfolioOrderIdOf(run);
  const status = value(searchAttributes.portfolioOrderStatus);
  const type = value(searchAttributes.portfolioOrderType);
  const accountId = value(searchAttributes.accountId);
  const settlementDue = value(searchAttributes.settlementDue);
  return {
    ...(reference !== undefined && { reference }),
    ...(portfolioOrderId !== undefined && { portfolioOrderId }),
    phase: await phaseOf(client, run),
    ...(status !== undefined && { status }),
    ...(type !== undefined && { type }),
    ...(accountId !== undefined && { accountId }),
    attention: run.values(searchAttributes.attention).sort(),
    ...(settlementDue !== undefined && { settlementDue: new Date(settlementDue).toISOString() }),
    openedAt: startedAt,
    ...(closedAt !== undefined && { closedAt }),
    ...(standing === 'interrupted' && { interrupted: true }),
  };
}

const ORDER_ID = portfolioOrderWorkflowId('');

function portfolioOrderIdOf(run: IndexedRun): string | undefined {
  return run.workflowId.startsWith(ORDER_ID)
    ? run.workflowId.slice(ORDER_ID.length)
    : run.values(searchAttributes.portfolioOrderId)[0];
}

async function phaseOf(client: Client, run: IndexedRun): Promise<OrderSummary['phase']> {
  const { workflowId, runId, standing } = run;
  if (workflowId.startsWith(ORDER_ID)) return standing === 'completed' ? 'FINISHED' : 'TRACKED';
  if (standing !== 'completed')
    return run.values(searchAttributes.attention).includes(UNKNOWN) ? 'UNKNOWN' : 'PLACING';
  // What has an order is listed by it; here it is one that could not be told, since it was finished.
  if (portfolioOrderIdOf(run) !== undefined) return 'FINISHED';
  // The index cannot tell a refusal from an operator's word; the result can. There are few of them.
  const ended = client.workflow.getHandle<typeof placePortfolioOrder>(workflowId, runId);
  return (await ended.result()).outcome === 'refused' ? 'REFUSED' : 'NOT_PLACED';
}

/**
 * A placement that hands over stands beside its order for a moment, and so does one whose order was finished before. Of two
 * with the same name the one with the order is kept, with what both say needs somebody.
 */
function withoutRepetition(orders: OrderSummary[]): OrderSummary[] {
  const kept: OrderSummary[] = [];
  for (const order of [...orders].sort((a, b) => Number(isNameless(a)) - Number(isNameless(b)))) {
    const same = kept.find((other) => isSame(other, order));
    if (same === undefined) kept.push(order);
    else same.attention = [...new Set([...same.attention, ...order.attention])].sort();
  }
  return orders.filter((order) => kept.includes(order));
}

function isNameless({ portfolioOrderId }: OrderSummary): boolean {
  return portfolioOrderId === undefined;
}

function isSame(one: OrderSummary, other: OrderSummary): boolean {
  if (!isNameless(one) && !isNameless(other)) return one.portfolioOrderId === other.portfolioOrderId;
  return one.reference !== undefined && one.reference === other.reference;
}
