/**
 * ESW's values for statuses, transactions and dates (references/esw.md#statuses), and for `orderType`
 * (references/esw.md#member-values).
 */
import type { ExecutionStatus, PortfolioOrderStatus } from '../broker/status-tables';
import type { EmissionSettings } from './input';
import type { StatusHistory } from '../broker/record';

interface StateValues {
  /** Default; see `EmissionSettings.statusWords`. */
  status: string;
  transaction: string;
  date: string;
}

/** Portfolio orders and orders share the table; an order never reaches SETTLED. */
export const STATE_VALUES: Readonly<Record<PortfolioOrderStatus, StateValues>> = {
  NEW: { status: 'Created', transaction: 'OrderPlaced', date: 'OrderPlaced' },
  PROCESSING: { status: 'Confirmed', transaction: 'OrderConfirmed', date: 'OrderConfirmed' },
  FILLED: { status: 'Fulfilled', transaction: 'OrderFulfilled', date: 'OrderFulfilled' },
  SETTLED: { status: 'Settled', transaction: 'OrderSettled', date: 'OrderSettled' },
  CANCELLED: { status: 'Cancelled', transaction: 'OrderCancelled', date: 'OrderCancelled' },
};

/** Transaction type of the final settlement of a cancelled portfolio order (references/esw.md#order-of-events). */
export const CLOSED_TRANSACTION = 'OrderClosed';

/** Transaction type of a correction after the end (references/esw.md#order-of-events). */
export const CORRECTED_TRANSACTION = 'OrderCorrected';

export const EXECUTION_TRANSACTIONS: Readonly<Record<ExecutionStatus, string>> = {
  FILLED: 'ExecutionFilled',
  SETTLED: 'ExecutionSettled',
  CANCELLED: 'ExecutionCancelled',
};

export function statusValue({ statusWords }: EmissionSettings, status: PortfolioOrderStatus): string {
  return statusWords?.[status] ?? STATE_VALUES[status].status;
}

/** True once the broker's checks passed: at PROCESSING and later, or for a cancelled order that got that far. */
export function isConfirmed(
  status: PortfolioOrderStatus,
  { PROCESSING, FILLED, SETTLED }: StatusHistory<PortfolioOrderStatus>,
): boolean {
  if (status === 'NEW') return false;
  if (status !== 'CANCELLED') return true;
  return [PROCESSING, FILLED, SETTLED].some((evidence) => evidence !== undefined);
}

/** ESW's value for a type or side; undefined for values that the broker does not document. */
export function orderTypeValue(
  { orderTypes }: EmissionSettings,
  type: string | undefined,
): string | undefined {
  switch (type) {
    case 'BUY':
      return orderTypes?.BUY ?? 'Buy';
    case 'SELL':
      return orderTypes?.SELL ?? 'Sell';
    case 'REBALANCING':
      return orderTypes?.REBALANCING ?? 'Rebalancing';
    case undefined:
    default:
      return undefined;
  }
}
