/**
 * The aggregate rule: when is a portfolio order finished at the broker?
 *
 * It is finished when the portfolio order itself is SETTLED or CANCELLED, every child is terminal and every known
 * execution is SETTLED or CANCELLED. We never derive the portfolio order's status from its children: the broker's word
 * counts. Events of different types overtake each other (`upvest.md` 5.4), so a settled portfolio order may have
 * children whose last events are still on their way; it is not finished before they have arrived.
 */
import { executionLifecycle, isTerminal, orderLifecycle, portfolioOrderLifecycle } from './lifecycle';
import { executionsOf, type OrderRow, type PortfolioOrderRecord } from './record';

/** True once the portfolio order itself is SETTLED or CANCELLED, whatever its parts say. */
export function hasEnded({ status }: PortfolioOrderRecord): boolean {
  return isTerminal(portfolioOrderLifecycle, status);
}

/**
 * True for a child that has ended as far as we know, and whose executions and reasons we cannot know: only the portfolio
 * order's list told of its end, or it is filled without any execution. A gap of ours: its own events are late or lost.
 */
export function isSilent({ status, executions, reached }: OrderRow): boolean {
  if (!isTerminal(orderLifecycle, status) || status === undefined) return false;
  return reached[status]?.by === 'snapshot' || (status === 'FILLED' && executions.length === 0);
}

/** True when the broker has nothing more to tell. */
export function isFinishedAtBroker(record: PortfolioOrderRecord, rule?: FinishRule): boolean {
  return openParts(record, rule).length === 0;
}

/** Whether the order's end is believed although a child's was only seen in a list: where nobody can ask, it has to be. */
export interface FinishRule {
  believesHearsay: boolean;
}

/** What is still open, as short phrases for humans; empty when the order is finished at the broker. */
export function openParts(
  record: PortfolioOrderRecord,
  { believesHearsay }: FinishRule = { believesHearsay: false },
): string[] {
  const open: string[] = [];
  if (!isTerminal(portfolioOrderLifecycle, record.status)) {
    open.push(`portfolio order is ${record.status ?? 'not seen yet'}`);
  }
  const openOrders = record.orders.filter((order) => !isTerminal(orderLifecycle, order.status));
  if (openOrders.length > 0)
    open.push(`${openOrders.length} of ${record.orders.length} orders are not final`);

  const silent = record.orders.filter(
    (order) =>
      isSilent(order) && !(believesHearsay && (order.status === 'CANCELLED' || order.executions.length > 0)),
  );
  if (silent.length > 0) open.push(`${silent.length} ended orders have not told of their executions`);

  const executions = executionsOf(record);
  const openExecutions = executions.filter((execution) => !isTerminal(executionLifecycle, execution.status));
  if (openExecutions.length > 0)
    open.push(`${openExecutions.length} of ${executions.length} executions are not settled`);
  return open;
}
