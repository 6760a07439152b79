/**
 * What older code did otherwise, for portfolio orders that began with it: what is sent again must have the bytes it had. To
 * be deleted with the last such order.
 */
import type { PortfolioOrderStatus } from './lifecycle';
import { differenceNotBelowZero, isZero, sum, toWireNumber } from './money';
import type { LineItem, NamedCharges, OrderEventBody } from './order-event-body';
import { withCountedChildren } from './order-event-limits';
import { isCounted } from './order-event-money';
import { lineItemWith } from './order-event-parts';
import { executionsOf, type ExecutionRow, type OrderRow, type PortfolioOrderRecord } from './record';

/** Nothing but the number of line items was limited, and the length of comments. */
export function asBefore(body: OrderEventBody): OrderEventBody {
  const counted = withCountedChildren(body);
  return {
    ...counted,
    comments: counted.comments?.map((one) => ({ ...one, text: one.text.slice(0, 2000) })),
  };
}

/** It knew one currency, and took every order whose type it did not know for one-sided. */
export function balancesBefore(record: PortfolioOrderRecord, status: PortfolioOrderStatus): NamedCharges[] {
  const { currency } = record;
  if (currency === undefined) return [];
  const amounts = record.type === 'REBALANCING' ? bothSides(record) : oneSide(record, status);
  const charges = amounts.map(([name, amount]) => ({
    name,
    value: { currency, amount: toWireNumber(amount) },
  }));
  return charges.length > 0 ? [{ type: 'OrderBalance', charges }] : [];
}

/** Executions of unknown status and of any currency were added up, and blanks were sent. */
export function lineItemBefore(order: OrderRow): LineItem {
  const trades = order.executions.filter((one) => one.status !== 'CANCELLED');
  const entries: [string, string | undefined][] = [
    ['Side', order.side],
    ['OrderStatus', order.status],
    ['InstrumentId', order.instrumentId],
    ['ShareQuantity', trades.length > 0 ? sum(trades.map((one) => one.shareQuantity)) : undefined],
    ['ExecutedCash', trades.length > 0 ? sum(trades.map((one) => one.cashAmount)) : undefined],
  ];
  return lineItemWith(
    order,
    entries.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
  );
}

function executedCash(executions: ExecutionRow[]): string {
  return sum(executions.filter(isCounted).map((one) => one.cashAmount));
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

function hasUnknownExecutions(record: PortfolioOrderRecord, status: 'FILLED' | 'CANCELLED'): boolean {
  const silent = record.orders.filter((order) => order.executions.length === 0);
  if (status === 'CANCELLED') return silent.some((order) => order.status === 'FILLED');
  return executionsOf(record).length === 0 || silent.some((order) => order.status !== 'CANCELLED');
}

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
