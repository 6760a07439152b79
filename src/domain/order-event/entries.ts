/** Nested entries of an OrderEvent (references/esw.md#entries). */
import { currencyCode } from '../values/currency';
import type { ExecutionStatus, Subject } from '../broker/status-tables';
import { sum } from '../values/decimal';
import {
  orNothing,
  pairs,
  type FinancialTransaction,
  type LineItem,
  type NameValue,
  type OrderTransaction,
} from './body';
import { asGuid, orderEventId } from './ids';
import type { EmissionSettings } from './input';
import { isCounted } from './balances';
import type { Execution, ChildOrder, StatusEvidence } from '../broker/record';

/** A transition of the event's subject, or of one of its executions. */
export interface TransitionEntry {
  subject: Subject;
  id: string;
  /** A status, or CLOSED; part of the entry's id. */
  status: string;
  /** ESW's transaction type. */
  type: string;
  reached: StatusEvidence;
  reason?: string | undefined;
  /** Entry in `dates`. */
  date?: { name: string; value: string };
}

export function orderTransaction(
  { subject, id, status, type, reached, reason }: TransitionEntry,
  { tenantCode, actor }: EmissionSettings,
): OrderTransaction {
  return {
    id: orderEventId(tenantCode, `txn:${subject}`, id, status),
    type,
    status: 'Completed',
    transactionReference: reached.eventId
      ? asGuid(reached.eventId)
      : orderEventId(tenantCode, subject, id, status),
    retailerTransactionDateTime: reached.at,
    // To ESW we act for the retailer; its model has no role for a trading platform.
    actionedBy: 'Retailer',
    actionedByUser: actor,
    reason,
  };
}

/** Line item of one child. `quantity` counts instructions: the member is an integer, and share quantities have fractions. */
export function lineItem(order: ChildOrder): LineItem {
  const trades = order.executions.filter(isCounted);
  const isOneCurrency = new Set(trades.map((one) => currencyCode(one.currency))).size === 1;
  return lineItemWith(
    order,
    pairs([
      ['Side', order.side],
      ['OrderStatus', order.status],
      ['InstrumentId', order.instrumentId],
      ['ShareQuantity', trades.length > 0 ? sum(trades.map((one) => one.shareQuantity)) : undefined],
      // The pair has no currency, so amounts in several currencies cannot be summed.
      ['ExecutedCash', isOneCurrency ? sum(trades.map((one) => one.cashAmount)) : undefined],
    ]),
  );
}

/** Numbers of children are never reused, so `lineItemId` is stable. */
export function lineItemWith(order: ChildOrder, metadataItems: NameValue[]): LineItem {
  return {
    id: asGuid(order.id),
    lineItemId: `LI-${String(order.number).padStart(3, '0')}`,
    retailerLineItemId: order.id,
    quantity: 1,
    metadataItems: orNothing(metadataItems),
  };
}

const SETTLEMENT_STATUSES: Record<ExecutionStatus, string> = {
  FILLED: 'Pending',
  SETTLED: 'Completed',
  CANCELLED: 'Cancelled',
};

/** One entry per execution with a known status, sorted by id. */
export function financialTransactions(executions: readonly Execution[]): FinancialTransaction[] {
  return executions
    .flatMap((one) =>
      one.status === undefined
        ? []
        : [{ id: asGuid(one.id), type: 'Settlement', status: SETTLEMENT_STATUSES[one.status] }],
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
