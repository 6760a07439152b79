/** Rows of the chart: status periods of the portfolio order and its children. */
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from '../domain/broker/status-tables';
import type { OrderView } from '../domain/views/row-view';
import type { PortfolioOrderView } from '../domain/views/order-view';
import { timeIn } from './time-format';

/** A status from its first evidence until the next status; the last period has no end. */
export interface StatusPeriod {
  status: string;
  from: number;
  to?: number;
  isFinal: boolean;
}

export interface ExecutionBar {
  title: string;
  periods: StatusPeriod[];
}

export interface OrderRow {
  /** True for the portfolio order, absent for a child. */
  isPortfolioOrder?: true;
  name: string;
  status: string;
  title: string;
  periods: StatusPeriod[];
  executions: ExecutionBar[];
}

export function portfolioOrderRow(view: PortfolioOrderView): OrderRow {
  const reached = Object.fromEntries(view.reached.map((one) => [one.status, one]));
  const status = view.status ?? 'no status yet';
  return {
    isPortfolioOrder: true,
    name: 'Portfolio order',
    status,
    title: `Portfolio order ${view.portfolioOrderId}: ${status}`,
    periods: periodsOf(portfolioOrderLifecycle, reached),
    executions: [],
  };
}

export function childRow(order: OrderView): OrderRow {
  const { number, id, instrumentId, side, status = 'unknown', reached, executions } = order;
  const name = `${number}  ${instrumentId ?? id}`;
  return {
    name,
    status,
    title: [`Order ${name}`, side, status, order.cancellationReason]
      .filter((part) => part !== undefined)
      .join(', '),
    periods: periodsOf(orderLifecycle, reached),
    executions: executions.map((one) => ({
      title: `Execution ${one.id}: ${one.shareQuantity} for ${one.cashAmount} ${one.currency}, ${one.status ?? 'unknown'}`,
      periods: periodsOf(executionLifecycle, one.reached),
    })),
  };
}

/**
 * Status periods by the record's rule: the highest-ranking status so far applies, and later evidence of a lower one is
 * ignored.
 */
function periodsOf<S extends string>(
  lifecycle: Lifecycle<S>,
  reached: Partial<Record<string, { at: string }>>,
): StatusPeriod[] {
  const steps = Object.entries(reached)
    .flatMap(([status, one]) => {
      const from = timeIn(one?.at);
      return from === undefined || !isKnown(lifecycle, status) ? [] : [{ status, from }];
    })
    .sort((a, b) => a.from - b.from || rank(lifecycle, a.status) - rank(lifecycle, b.status));
  let highest = -1;
  const moves = steps.filter(({ status }) => {
    const isMove = rank(lifecycle, status) > highest;
    highest = Math.max(highest, rank(lifecycle, status));
    return isMove;
  });
  return moves.map(({ status, from }, index) => {
    const to = moves[index + 1]?.from;
    return { status, from, ...(to !== undefined && { to }), isFinal: lifecycle.terminal.includes(status) };
  });
}

/** Children beyond this have no lane of their own. */
export const MAX_LANES = 60;

/** Children to show, in order, and a summary of the rest. If there are too many, unusual ones have priority. */
export function shownChildren(view: PortfolioOrderView): { shown: OrderView[]; more?: string } {
  const { orders } = view;
  if (orders.length <= MAX_LANES) return { shown: orders };
  const usual = mostCommon(orders.map(({ status }) => status));
  const isUnusual = ({ status, executions, cancellationRefused }: OrderView) =>
    status !== usual ||
    cancellationRefused !== undefined ||
    executions.some((one) => one.status === 'CANCELLED');
  const prioritised = [...orders.filter(isUnusual), ...orders.filter((order) => !isUnusual(order))];
  const shown = prioritised.slice(0, MAX_LANES).sort((a, b) => a.number - b.number);
  const rest = prioritised.slice(MAX_LANES);
  const counts = [...countsOf(rest.map(({ status }) => status))].map(
    ([status, count]) => `${count} ${status}`,
  );
  return { shown, more: `… and ${rest.length} more: ${counts.join(', ')}` };
}

function mostCommon(statuses: (string | undefined)[]): string | undefined {
  const [most] = [...countsOf(statuses)].sort(([, a], [, b]) => b - a);
  return most?.[0];
}

function countsOf(statuses: (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const status of statuses) {
    const name = status ?? 'unknown';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
