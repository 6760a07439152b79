/**
 * Decides when a portfolio order is finished at the broker: the portfolio order itself is SETTLED or CANCELLED, every child
 * is terminal and every known execution is SETTLED or CANCELLED.
 * The portfolio order's status is the one that the broker reports, never derived from its children. Events of different
 * types overtake each other (references/upvest.md#delivery-semantics): the last events of the children may arrive after
 * the portfolio order's SETTLED, and the order is not finished before that.
 */
import { executionLifecycle, isTerminal, orderLifecycle, portfolioOrderLifecycle } from './status-tables';
import type { ChildOrder, PortfolioOrderRecord } from './record';

/** True once the portfolio order itself is SETTLED or CANCELLED, regardless of its children. */
export function hasEnded({ status }: PortfolioOrderRecord): boolean {
  return isTerminal(portfolioOrderLifecycle, status);
}

/**
 * True for a terminal child whose own events are late or lost: its end was seen only in the portfolio order's snapshot, or
 * it is filled without any execution. Its executions and cancellation reason are unknown.
 */
export function lacksExecutionDetails({ status, executions, reached }: ChildOrder): boolean {
  if (!isTerminal(orderLifecycle, status) || status === undefined) return false;
  return reached[status]?.by === 'snapshot' || (status === 'FILLED' && executions.length === 0);
}

/** True for a child of which no further report is expected: it and all of its executions are terminal, and known in detail. */
export function isFinal(order: ChildOrder): boolean {
  if (!isTerminal(orderLifecycle, order.status) || lacksExecutionDetails(order)) return false;
  return order.executions.every((one) => isTerminal(executionLifecycle, one.status));
}

/** True when no further events of the order are expected from the broker. */
export function isFinishedAtBroker(record: PortfolioOrderRecord, abandoned?: ReadonlySet<string>): boolean {
  return openItems(record, abandoned).length === 0;
}

/**
 * Open items as short phrases for people; empty when the order is finished at the broker.
 *
 * @param abandoned ids of child orders of which nothing is expected any more, by decision of an operator
 */
export function openItems(record: PortfolioOrderRecord, abandoned?: ReadonlySet<string>): string[] {
  const open: string[] = [];
  if (!isTerminal(portfolioOrderLifecycle, record.status)) {
    open.push(`portfolio order is ${record.status ?? 'not seen yet'}`);
  }
  const orders = record.orders.filter(({ id }) => !abandoned?.has(id));
  const openOrders = orders.filter((order) => !isTerminal(orderLifecycle, order.status));
  if (openOrders.length > 0)
    open.push(`${openOrders.length} of ${record.orders.length} orders are not final`);

  const withoutDetails = orders.filter(lacksExecutionDetails);
  if (withoutDetails.length > 0)
    open.push(`execution details of ${withoutDetails.length} ended orders are missing`);

  const executions = orders.flatMap((order) => order.executions);
  const openExecutions = executions.filter((execution) => !isTerminal(executionLifecycle, execution.status));
  if (openExecutions.length > 0)
    open.push(`${openExecutions.length} of ${executions.length} executions await settlement`);
  return open;
}
