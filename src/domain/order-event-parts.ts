/** The nested entries of an OrderEvent (`esw-order-event.md` 8.5). */
import type { ExecutionStatus, Subject } from './lifecycle';
import { sum } from './money';
import {
  orNothing,
  pairs,
  type FinancialTransaction,
  type LineItem,
  type NameValue,
  type OrderTransaction,
} from './order-event-body';
import { asGuid, orderEventId } from './order-event-id';
import type { EmissionSettings } from './order-event-input';
import { isCounted } from './order-event-money';
import type { ExecutionRow, OrderRow, Reached } from './record';

/** A transition of the subject that an event is about, or of an execution of that subject. */
export interface Transition {
  scope: Subject;
  subjectId: string;
  /** As in the names of ids: a status, or CLOSED. */
  state: string;
  /** The word for it among ESW's transactions. */
  type: string;
  reached: Reached;
  reason?: string | undefined;
  /** What it adds to `dates`. */
  date?: { name: string; value: string };
}

export function orderTransaction(
  { scope, subjectId, state, type, reached, reason }: Transition,
  { tenantCode, actor }: EmissionSettings,
): OrderTransaction {
  return {
    id: orderEventId(tenantCode, `txn:${scope}`, subjectId, state),
    type,
    status: 'Completed',
    transactionReference: reached.eventId
      ? asGuid(reached.eventId)
      : orderEventId(tenantCode, scope, subjectId, state),
    retailerTransactionDateTime: reached.at,
    // ESW sees us on the retailer's side; the trading platform has no role of its own there.
    actionedBy: 'Retailer',
    actionedByUser: actor,
    reason,
  };
}

/** One child. `quantity` is one instruction: share quantities have fractions and the member is an integer. */
export function lineItem(order: OrderRow): LineItem {
  const trades = order.executions.filter(isCounted);
  const isOneCurrency = new Set(trades.map((one) => one.currency)).size === 1;
  return lineItemWith(
    order,
    pairs([
      ['Side', order.side],
      ['OrderStatus', order.status],
      ['InstrumentId', order.instrumentId],
      ['ShareQuantity', trades.length > 0 ? sum(trades.map((one) => one.shareQuantity)) : undefined],
      // The pair has no place for a currency: amounts in several of them add up to nothing.
      ['ExecutedCash', isOneCurrency ? sum(trades.map((one) => one.cashAmount)) : undefined],
    ]),
  );
}

/** The numbers of children are never given to another one. */
export function lineItemWith(order: OrderRow, metadataItems: NameValue[]): LineItem {
  return {
    id: asGuid(order.id),
    lineItemId: `LI-${String(order.number).padStart(3, '0')}`,
    retailerLineItemId: order.id,
    quantity: 1,
    metadataItems: orNothing(metadataItems),
  };
}

const SETTLEMENT_WORDS: Record<ExecutionStatus, string> = {
  FILLED: 'Pending',
  SETTLED: 'Completed',
  CANCELLED: 'Cancelled',
};

/** One entry per execution whose status is known, sorted by id. */
export function financialTransactions(executions: readonly ExecutionRow[]): FinancialTransaction[] {
  return executions
    .flatMap((one) =>
      one.status === undefined
        ? []
        : [{ id: asGuid(one.id), type: 'Settlement', status: SETTLEMENT_WORDS[one.status] }],
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
