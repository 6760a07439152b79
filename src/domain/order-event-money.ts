/** The money of an OrderEvent (`esw-order-event.md` 8.6): exact decimals inside, JSON numbers only here at the end. */
import type { PortfolioOrderStatus } from './lifecycle';
import { differenceNotBelowZero, isZero, sum, toWireNumber } from './money';
import { executionsOf, type ExecutionRow, type PortfolioOrderRecord } from './record';

interface Charge {
  name: string;
  value: { currency: string; amount: number };
}
interface NamedCharges {
  type: string;
  charges: Charge[];
}

/** `orderCharges`: the cash amount of the order; nothing where it is blank or zero, as for rebalancing. */
export function cashCharge(record: PortfolioOrderRecord): NamedCharges | undefined {
  const { cashAmount, currency } = record;
  if (cashAmount === undefined || currency === undefined || isZero(cashAmount)) return undefined;
  return { type: 'Total', charges: [charge('CashAmount', currency, cashAmount)] };
}

/** `balances` as they stand when the event for `status` is built; nothing where nothing is known. */
export function balancesOf(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
): NamedCharges | undefined {
  const { currency } = record;
  if (currency === undefined) return undefined;
  const amounts = record.type === 'REBALANCING' ? bothSides(record) : oneSide(record, status);
  const charges = amounts.map(([name, amount]) => charge(name, currency, amount));
  return charges.length > 0 ? { type: 'OrderBalance', charges } : undefined;
}

function charge(name: string, currency: string, amount: string): Charge {
  return { name, value: { currency, amount: toWireNumber(amount) } };
}

function executedCash(executions: ExecutionRow[]): string {
  return sum(
    executions
      .filter((one) => one.status === 'FILLED' || one.status === 'SETTLED')
      .map((one) => one.cashAmount),
  );
}

function settledCash(executions: ExecutionRow[]): string {
  return sum(executions.filter((one) => one.status === 'SETTLED').map((one) => one.cashAmount));
}

type Amounts = [name: string, amount: string][];

function oneSide(record: PortfolioOrderRecord, status: PortfolioOrderStatus): Amounts {
  const executions = executionsOf(record);
  const amounts: Amounts = [];
  if (record.cashAmount !== undefined && !isZero(record.cashAmount))
    amounts.push(['Ordered', record.cashAmount]);
  if (executions.length > 0) {
    amounts.push(['Executed', executedCash(executions)], ['Settled', settledCash(executions)]);
  }
  const due = balanceDue(record, status, executions);
  if (due !== undefined) amounts.push(['BalanceDue', due]);
  return amounts;
}

/** The cash leg that is still open; undefined while amounts that belong to it are not known. */
function balanceDue(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
  executions: ExecutionRow[],
): string | undefined {
  switch (status) {
    case 'NEW':
    case 'PROCESSING':
      return record.cashAmount && differenceNotBelowZero(record.cashAmount, settledCash(executions));
    case 'FILLED':
    case 'CANCELLED':
      return hasUnknownExecutions(record, status)
        ? undefined
        : differenceNotBelowZero(executedCash(executions), settledCash(executions));
    case 'SETTLED':
      return '0';
  }
}

/** FILLED says that every child was executed, and so every child that is not cancelled has to show it. */
function hasUnknownExecutions(record: PortfolioOrderRecord, status: 'FILLED' | 'CANCELLED'): boolean {
  const silent = record.orders.filter((order) => order.executions.length === 0);
  if (status === 'CANCELLED') return silent.some((order) => order.status === 'FILLED');
  return executionsOf(record).length === 0 || silent.some((order) => order.status !== 'CANCELLED');
}

/** Rebalancing buys and sells: the sides are kept apart and nothing is netted. */
function bothSides(record: PortfolioOrderRecord): Amounts {
  const executions = executionsOf(record);
  return (['BUY', 'SELL'] as const).flatMap((side): Amounts => {
    const ofSide = executions.filter((one) => one.side === side);
    if (ofSide.length === 0) return [];
    const word = side === 'BUY' ? 'Buy' : 'Sell';
    return [
      [`Executed${word}`, executedCash(ofSide)],
      [`Settled${word}`, settledCash(ofSide)],
    ];
  });
}
