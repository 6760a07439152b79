import Big from 'big.js';
import type { Execution, ExecutionStatus, OrderCurrency, Side } from './wire-objects';

/** Sums over the executions of one side and currency; decimal strings with two decimals. */
export interface ExecutedAmounts {
  side: Side;
  currency: OrderCurrency;
  /** Cash of the executions that are FILLED, SETTLED or CANCELLED now. */
  filled: string;
  settled: string;
  cancelled: string;
  /** Taxes on executions that are not cancelled. */
  taxes: string;
}

/** One row per traded side and currency, in the order of their first executions. */
export function executedAmounts(executions: readonly Execution[]): ExecutedAmounts[] {
  const groups = new Map<string, Execution[]>();
  for (const execution of executions) {
    const name = `${execution.side} ${execution.currency}`;
    const group = groups.get(name);
    if (group) group.push(execution);
    else groups.set(name, [execution]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ side: first.side, currency: first.currency, ...sumsOf(group) }] : [];
  });
}

function sumsOf(group: Execution[]): Omit<ExecutedAmounts, 'side' | 'currency'> {
  const cash = (status: ExecutionStatus): string =>
    sum(group.filter((one) => one.status === status).map(({ cash_amount: amount }) => amount));
  const taxed = group.filter(({ status }) => status !== 'CANCELLED').flatMap(({ taxes }) => taxes);
  return {
    filled: cash('FILLED'),
    settled: cash('SETTLED'),
    cancelled: cash('CANCELLED'),
    taxes: sum(taxed.map(({ amount }) => amount)),
  };
}

function sum(amounts: string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0)).toFixed(2);
}
