/**
 * The aggregate rule: when is a portfolio order finished at the broker?
 *
 * It is finished when the portfolio order itself is SETTLED or CANCELLED, every child is terminal and every known
 * execution is SETTLED or CANCELLED. We never derive the portfolio order's status from its children: the broker's word
 * counts. Events of different types overtake each other (`upvest.md` 5.4), so a settled portfolio order may have
 * children whose last events are still on their way; it is not finished before they have arrived.
 */
import { executionLifecycle, isTerminal, orderLifecycle, portfolioOrderLifecycle } from './lifecycle';
import { executionsOf, type PortfolioOrderRecord } from './record';

/** True once the portfolio order itself is SETTLED or CANCELLED, whatever its parts say. */
export function hasEnded({ status }: PortfolioOrderRecord): boolean {
  return isTerminal(portfolioOrderLifecycle, status);
}

/** True when the broker has nothing more to tell. */
export function isFinishedAtBroker(record: PortfolioOrderRecord): boolean {
  return openParts(record).length === 0;
}

/** What is still open, as short phrases for humans; empty when the order is finished at the broker. */
export function openParts(record: PortfolioOrderRecord): string[] {
  const open: string[] = [];
  if (!isTerminal(portfolioOrderLifecycle, record.status)) {
    open.push(`portfolio order is ${record.status ?? 'not seen yet'}`);
  }
  const openOrders = record.orders.filter((order) => !isTerminal(orderLifecycle, order.status));
  if (openOrders.length > 0)
    open.push(`${openOrders.length} of ${record.orders.length} orders are not final`);

  // A filled order without a known execution is a gap of ours: its EXECUTION events are late or lost.
  const withoutExecution = record.orders.filter(
    (order) => order.status === 'FILLED' && order.executions.length === 0,
  );
  if (withoutExecution.length > 0)
    open.push(`${withoutExecution.length} filled orders have no known execution`);

  const executions = executionsOf(record);
  const openExecutions = executions.filter((execution) => !isTerminal(executionLifecycle, execution.status));
  if (openExecutions.length > 0)
    open.push(`${openExecutions.length} of ${executions.length} executions are not settled`);
  return open;
}
