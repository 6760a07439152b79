/** The bars of a picture: what a portfolio order or one of its children was from when to when. */
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from '../domain/lifecycle';
import type { OrderView } from '../domain/row-view';
import type { PortfolioOrderView } from '../domain/view';
import { timeIn } from './clock-words';

/** A status from its first proof to the next one's; the last one of a row that has ended has no end. */
export interface Stay {
  status: string;
  from: number;
  to?: number;
  isFinal: boolean;
}

export interface ExecutionBar {
  title: string;
  stays: Stay[];
}

export interface OrderRow {
  /** True for the portfolio order, absent for a child. */
  isWhole?: true;
  name: string;
  status: string;
  title: string;
  stays: Stay[];
  executions: ExecutionBar[];
}

export function wholeRow(view: PortfolioOrderView): OrderRow {
  const reached = Object.fromEntries(view.reached.map((one) => [one.status, one]));
  const status = view.status ?? 'not seen yet';
  return {
    isWhole: true,
    name: 'Portfolio order',
    status,
    title: `Portfolio order ${view.portfolioOrderId}: ${status}`,
    stays: staysOf(portfolioOrderLifecycle, reached),
    executions: [],
  };
}

export function childRow(order: OrderView): OrderRow {
  const { number, id, instrumentId, side, status = 'not known', reached, executions } = order;
  const name = `${number}  ${instrumentId ?? id}`;
  return {
    name,
    status,
    title: [`Order ${name}`, side, status, order.cancellationReason]
      .filter((part) => part !== undefined)
      .join(', '),
    stays: staysOf(orderLifecycle, reached),
    executions: executions.map((one) => ({
      title: `Execution ${one.id}: ${one.shareQuantity} for ${one.cashAmount} ${one.currency}, ${one.status ?? 'not known'}`,
      stays: staysOf(executionLifecycle, one.reached),
    })),
  };
}

/**
 * What the row was at each time: the highest-ranking status proved so far, as in the record. A proof of a lower one that
 * came later moved nothing and is left out.
 */
function staysOf<S extends string>(
  lifecycle: Lifecycle<S>,
  reached: Partial<Record<string, { at: string }>>,
): Stay[] {
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

/** So many children have a lane of their own. */
export const MAX_LANES = 60;

/** The children that are shown, in order, and in words how many are not. With too many, the unusual ones come first. */
export function shownChildren(view: PortfolioOrderView): { shown: OrderView[]; more?: string } {
  const { orders } = view;
  if (orders.length <= MAX_LANES) return { shown: orders };
  const usual = mostCommon(orders.map(({ status }) => status));
  const isUnusual = ({ status, executions, cancellationRefused }: OrderView) =>
    status !== usual ||
    cancellationRefused !== undefined ||
    executions.some((one) => one.status === 'CANCELLED');
  const first = [...orders.filter(isUnusual), ...orders.filter((order) => !isUnusual(order))];
  const shown = first.slice(0, MAX_LANES).sort((a, b) => a.number - b.number);
  const rest = first.slice(MAX_LANES);
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
    const name = status ?? 'not known';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
