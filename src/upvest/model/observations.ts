/** Converts Upvest's objects to observations, for webhook events and for reads. */
import type {
  ExecutionFacts,
  ExecutionObservation,
  ObservationSource,
  OrderObservation,
  PortfolioOrderObservation,
} from '../../domain/broker/observation';
import { present } from '../../lib/json';
import type { UpvestExecution, UpvestOrder, UpvestPortfolioOrder } from './schemas';

/** @param at ISO 8601 UTC @param announced the status in the event's type */
export function toPortfolioOrderObservation(
  order: UpvestPortfolioOrder,
  source: ObservationSource,
  at: string,
  announced?: string,
): PortfolioOrderObservation {
  return present({
    subject: 'portfolio-order' as const,
    source,
    at,
    announced,
    id: order.id,
    status: order.status,
    accountId: order.account_id,
    cashAmount: order.cash_amount,
    currency: order.currency,
    type: order.type,
    postTax: order.post_tax ?? undefined,
    initiationFlow: order.initiation_flow,
    allocationId: order.allocation_id,
    clientReference: order.client_reference,
    createdAt: order.created_at,
    updatedAt: order.updated_at,
    cancellationReason: order.cancellation_reason,
    cancellationDetails: order.cancellation_details,
    unreadableTimes: order.unreadable_times,
    orders: order.orders,
  });
}

/** Same as `toPortfolioOrderObservation`, for one order with its executions. */
export function toOrderObservation(
  order: UpvestOrder,
  source: ObservationSource,
  at: string,
  announced?: string,
): OrderObservation {
  return present({
    subject: 'order' as const,
    source,
    at,
    announced,
    id: order.id,
    status: order.status,
    side: order.side,
    instrumentId: order.instrument_id,
    cashAmount: unlessZero(order.cash_amount),
    quantity: unlessZero(order.quantity),
    currency: order.currency,
    fee: order.fee,
    unreadableAmounts: order.unreadable_amounts,
    createdAt: order.created_at,
    updatedAt: order.updated_at,
    cancellationReason: order.cancellation_reason,
    unreadableTimes: order.unreadable_times,
    executions: order.executions.map(toExecutionFacts),
  });
}

/** Same as `toPortfolioOrderObservation`, for one execution. Not every source includes its order's id. */
export function toExecutionObservation(
  execution: UpvestExecution,
  orderId: string,
  source: ObservationSource,
  at: string,
  announced?: string,
): ExecutionObservation {
  return present({
    subject: 'execution' as const,
    source,
    at,
    announced,
    status: execution.status,
    orderId,
    execution: toExecutionFacts(execution),
  });
}

function toExecutionFacts(execution: UpvestExecution): ExecutionFacts {
  return present({
    id: execution.id,
    status: execution.status,
    side: execution.side,
    cashAmount: execution.cash_amount,
    currency: execution.currency,
    shareQuantity: execution.share_quantity,
    price: execution.price,
    taxes: execution.taxes.find((tax) => tax.type === 'TOTAL')?.amount,
    transactionTime: execution.transaction_time,
    settlementDate: execution.settlement_date,
    unreadableTimes: execution.unreadable_times,
  });
}

/**
 * Unit orders have the amount "0", nominal orders the quantity "0" (references/upvest.md#order); neither is a limit.
 */
function unlessZero(decimal: string | undefined): string | undefined {
  return decimal !== undefined && /^[0.]*$/.test(decimal) ? undefined : decimal;
}
