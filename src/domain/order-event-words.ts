/** The words of the state table (`esw-order-event.md` 8.3), and of `orderType` (8.4). */
import type { ExecutionStatus, PortfolioOrderStatus } from './lifecycle';
import type { EmissionSettings } from './order-event-input';
import type { ReachedStatuses } from './record';

interface StateWords {
  /** Unless the tenant has a word of its own. */
  status: string;
  transaction: string;
  date: string;
}

/** Portfolio orders and orders share the table; an order never reaches SETTLED. */
export const STATE_WORDS: Readonly<Record<PortfolioOrderStatus, StateWords>> = {
  NEW: { status: 'Created', transaction: 'OrderPlaced', date: 'OrderPlaced' },
  PROCESSING: { status: 'Confirmed', transaction: 'OrderConfirmed', date: 'OrderConfirmed' },
  FILLED: { status: 'Fulfilled', transaction: 'OrderFulfilled', date: 'OrderFulfilled' },
  SETTLED: { status: 'Settled', transaction: 'OrderSettled', date: 'OrderSettled' },
  CANCELLED: { status: 'Cancelled', transaction: 'OrderCancelled', date: 'OrderCancelled' },
};

/** The transaction that closes a cancelled portfolio order (8.7). */
export const CLOSED_TRANSACTION = 'OrderClosed';

export const EXECUTION_TRANSACTIONS: Readonly<Record<ExecutionStatus, string>> = {
  FILLED: 'ExecutionFilled',
  SETTLED: 'ExecutionSettled',
  CANCELLED: 'ExecutionCancelled',
};

export function statusWord({ statusWords }: EmissionSettings, status: PortfolioOrderStatus): string {
  return statusWords?.[status] ?? STATE_WORDS[status].status;
}

/** Confirmed means that the broker's checks had passed, which is what PROCESSING and later say. */
export function isConfirmed(
  { detail }: EmissionSettings,
  status: PortfolioOrderStatus,
  { PROCESSING, FILLED, SETTLED }: ReachedStatuses<PortfolioOrderStatus>,
): boolean {
  if (status === 'NEW') return false;
  if (status !== 'CANCELLED') return true;
  // Older code did not look at SETTLED, which contradicts CANCELLED.
  return [PROCESSING, FILLED, detail && SETTLED].some((proof) => proof !== undefined);
}

/** ESW's word for a type or side; none for words that the broker has never named. */
export function orderTypeWord(
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
