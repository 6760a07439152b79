import type { AuditedEvent } from './audit-findings';

/** What an event reports: the status of an order, the closing of a cancelled one, a correction after the end, or an execution. */
export type ReportedStatus =
  | 'placed'
  | 'confirmed'
  | 'fulfilled'
  | 'settled'
  | 'cancelled'
  | 'closed'
  | 'corrected'
  | 'execution'
  | 'unknown';

/** Transaction types of references/esw.md#statuses and #order-of-events, in lower case. */
const byTransactionType: Readonly<Record<string, ReportedStatus>> = {
  orderplaced: 'placed',
  orderconfirmed: 'confirmed',
  orderfulfilled: 'fulfilled',
  ordersettled: 'settled',
  ordercancelled: 'cancelled',
  orderclosed: 'closed',
  ordercorrected: 'corrected',
  executionfilled: 'execution',
  executionsettled: 'execution',
  executioncancelled: 'execution',
};

/** Default status values of references/esw.md#statuses, in lower case; a tenant may have its own values. */
const byStatus: Readonly<Record<string, ReportedStatus>> = {
  created: 'placed',
  confirmed: 'confirmed',
  fulfilled: 'fulfilled',
  settled: 'settled',
  cancelled: 'cancelled',
};

/** Derived from the type of the last transaction, or from the status if that type is absent or unknown. */
export function reportedStatusOf({ lastTransaction, status }: AuditedEvent['body']): ReportedStatus {
  return lookUp(byTransactionType, lastTransaction?.type) ?? lookUp(byStatus, status) ?? 'unknown';
}

/**
 * Terminal status of the order of the event, if reached. Only `status` tells it for a correction, and for an execution
 * event, which shows the status of its child order (references/esw.md#statuses); a child has no settlement event of its own.
 */
export function terminalStatusOf(body: AuditedEvent['body']): 'settled' | 'cancelled' | undefined {
  const reported = reportedStatusOf(body);
  const status =
    reported === 'execution' || reported === 'corrected' ? lookUp(byStatus, body.status) : reported;
  if (status === 'settled') return 'settled';
  return status === 'cancelled' || status === 'closed' ? 'cancelled' : undefined;
}

function lookUp(
  table: Readonly<Record<string, ReportedStatus>>,
  text: string | undefined,
): ReportedStatus | undefined {
  const key = text?.toLowerCase() ?? '';
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
