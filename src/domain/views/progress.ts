/** How far an order is, in numbers and in one phrase. Page, command line, picture and Web UI show the same phrase. */
import { isTerminal, orderLifecycle } from '../broker/status-tables';
import { executionsOf, type PortfolioOrderRecord } from '../broker/record';
import { sameCurrency } from '../values/currency';
import { tradedSums } from '../findings/amounts';

export interface Progress {
  orders: number;
  /** Orders that are FILLED or CANCELLED. */
  final: number;
  executions: number;
  /** Executions that are SETTLED; a cancelled one never is. */
  settled: number;
  /** Executions that are CANCELLED. */
  cancelled: number;
  /** Such as `4 of 5 executions settled, 1 cancelled, 118.98 of 140.00 EUR`. */
  text: string;
}

export function progressOf(record: PortfolioOrderRecord): Progress {
  const { orders } = record;
  const executions = executionsOf(record);
  const settled = executions.filter(({ status }) => status === 'SETTLED').length;
  const cancelled = executions.filter(({ status }) => status === 'CANCELLED').length;
  return {
    orders: orders.length,
    final: orders.filter(({ status }) => isTerminal(orderLifecycle, status)).length,
    executions: executions.length,
    settled,
    cancelled,
    text: [
      `${settled} of ${executions.length} executions settled`,
      ...(cancelled === 0 ? [] : [`${cancelled} cancelled`]),
      ...(executions.length === 0 ? [] : [settledAmounts(record)]),
    ].join(', '),
  };
}

/** What is settled of the ordered amount; of what was executed, where that has other currencies or both sides. */
function settledAmounts(record: PortfolioOrderRecord): string {
  const { cashAmount, currency, type } = record;
  const sums = tradedSums(record);
  const [only, ...others] = sums;
  const isOrdered = cashAmount !== undefined && currency !== undefined && type !== 'REBALANCING';
  if (isOrdered && others.length === 0 && sameCurrency(only?.currency ?? currency, currency))
    return `${only?.settled ?? '0'} of ${cashAmount} ${currency}`;
  if (only === undefined) return 'nothing executed';
  return sums
    .map(({ side, currency: inCurrency, settled, executed }) =>
      [...(side === undefined ? [] : [side]), settled, 'of', executed, inCurrency, 'executed'].join(' '),
    )
    .join(' and ');
}
