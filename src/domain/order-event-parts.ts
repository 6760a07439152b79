/** The lists of an OrderEvent that speak of children and executions (`esw-order-event.md` 8.5). */
import type { ExecutionStatus } from './lifecycle';
import { sum } from './money';
import { asGuid } from './order-event-id';
import { executionsOf, type OrderRow, type PortfolioOrderRecord } from './record';

const SETTLEMENT_WORDS: Record<ExecutionStatus, string> = {
  FILLED: 'Pending',
  SETTLED: 'Completed',
  CANCELLED: 'Cancelled',
};

/** One line item per child. `quantity` is one instruction: share quantities have fractions and the member is an integer. */
export function lineItems(record: PortfolioOrderRecord): unknown[] {
  return record.orders.map((order) => ({
    id: asGuid(order.id),
    lineItemId: `LI-${String(order.number).padStart(3, '0')}`,
    retailerLineItemId: order.id,
    quantity: 1,
    metadataItems: lineMetadata(order),
  }));
}

function lineMetadata(order: OrderRow): { name: string; value: string }[] | undefined {
  const executed = order.executions.filter((one) => one.status !== 'CANCELLED');
  const entries: [string, string | undefined][] = [
    ['Side', order.side],
    ['OrderStatus', order.status],
    ['InstrumentId', order.instrumentId],
    ['ShareQuantity', executed.length > 0 ? sum(executed.map((one) => one.shareQuantity)) : undefined],
    ['ExecutedCash', executed.length > 0 ? sum(executed.map((one) => one.cashAmount)) : undefined],
  ];
  const known = entries.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return known.length > 0 ? known : undefined;
}

/** One entry per execution whose status is known, sorted by id. */
export function financialTransactions(record: PortfolioOrderRecord): unknown[] {
  return executionsOf(record)
    .flatMap((one) =>
      one.status === undefined
        ? []
        : [{ id: asGuid(one.id), type: 'Settlement', status: SETTLEMENT_WORDS[one.status] }],
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
