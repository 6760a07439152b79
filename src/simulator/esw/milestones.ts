import type { AuditedEvent } from './audit-findings';

/** What an event reports: a state of an order, the closing of a cancelled one, or something of an execution. */
export type Milestone =
  'placed' | 'confirmed' | 'fulfilled' | 'settled' | 'cancelled' | 'closed' | 'execution' | 'unknown';

/** Transaction types of esw-order-event.md 8.3 and 8.7, in lower case. */
const byTransactionType: Readonly<Record<string, Milestone>> = {
  orderplaced: 'placed',
  orderconfirmed: 'confirmed',
  orderfulfilled: 'fulfilled',
  ordersettled: 'settled',
  ordercancelled: 'cancelled',
  orderclosed: 'closed',
  executionfilled: 'execution',
  executionsettled: 'execution',
  executioncancelled: 'execution',
};

/** Our status words of 8.3, in lower case; ESW may hand a tenant words of its own. */
const byStatus: Readonly<Record<string, Milestone>> = {
  created: 'placed',
  confirmed: 'confirmed',
  fulfilled: 'fulfilled',
  settled: 'settled',
  cancelled: 'cancelled',
};

/** Goes by the type of the last transaction, and by the status word only where that type says nothing. */
export function milestoneOf({ lastTransaction, status }: AuditedEvent['body']): Milestone {
  return lookUp(byTransactionType, lastTransaction?.type) ?? lookUp(byStatus, status) ?? 'unknown';
}

/**
 * How the subject of the event has ended, if it has. An event of an execution shows the state of its child order, which
 * only the status word tells (8.3): a child never reports its settlement itself.
 */
export function endOf(body: AuditedEvent['body']): 'settled' | 'cancelled' | undefined {
  const milestone = milestoneOf(body);
  const state = milestone === 'execution' ? lookUp(byStatus, body.status) : milestone;
  if (state === 'settled') return 'settled';
  return state === 'cancelled' || state === 'closed' ? 'cancelled' : undefined;
}

function lookUp(table: Readonly<Record<string, Milestone>>, word: string | undefined): Milestone | undefined {
  const key = word?.toLowerCase() ?? '';
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
