/** Outbox entries produced by applying observations (references/esw.md#streams, #order-of-events). */
import { isFinallySettled } from '../order-event/close-out';
import type { Emission, OutboxEntry } from './outbox';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  transitionRule,
  type Lifecycle,
} from '../broker/status-tables';
import { topicKey, topicOf, type EventDetail, type OrderEventTopic } from '../order-event/topic';
import type { Transition } from '../broker/status-merge';
import type { PortfolioOrderRecord } from '../broker/record';
import { rowOf } from '../broker/rows';

/** Outbox entries for transitions, limited to the streams that are sent. */
export function entriesFor(
  transitions: Transition[],
  record: PortfolioOrderRecord,
  { detail }: Emission,
  seenAt: number,
): OutboxEntry[] {
  return transitions
    .filter((one) => isSent(one, detail) && isReportable(one, record))
    .map((one) => ({
      ...topicOf(one as OrderEventTopic),
      seenAt,
    }));
}

/**
 * Without events of executions that another order has, too: an event's id names the execution and its status alone, and must not have
 * two bodies.
 *
 * @param record the record without what the entries report
 */
export function withoutRepeatedExecutions(
  entries: OutboxEntry[],
  { orders }: PortfolioOrderRecord,
): OutboxEntry[] {
  const reported = new Map<string, string>();
  const isOfExecution = ({ executionId }: OutboxEntry): boolean => executionId !== undefined;
  if (!entries.some(isOfExecution)) return entries;
  for (const { id: orderId, executions } of orders)
    for (const { id, reached } of executions)
      for (const status of Object.keys(reached)) reported.set(`${id}|${status}`, orderId);
  return entries.filter(({ orderId, executionId, status }) => {
    if (orderId === undefined || executionId === undefined) return true;
    const key = `${executionId}|${status}`;
    const owner = reported.get(key) ?? orderId;
    reported.set(key, owner);
    return owner === orderId;
  });
}

function isSent({ orderId, executionId }: Transition, detail: EventDetail): boolean {
  if (orderId === undefined || detail === 'executions') return true;
  return executionId === undefined && detail === 'orders';
}

/** False for rejected transitions, such as CANCELLED after SETTLED, which raise a finding but no event. */
function isReportable({ orderId, executionId, status }: Transition, record: PortfolioOrderRecord): boolean {
  if (orderId === undefined) return isAllowed(portfolioOrderLifecycle, status, record.status);
  const order = rowOf(record.orders, orderId);
  if (executionId === undefined) return isAllowed(orderLifecycle, status, order?.status);
  const execution = rowOf(order?.executions ?? [], executionId);
  return isAllowed(executionLifecycle, status, execution?.status);
}

function isAllowed<S extends string>(
  lifecycle: Lifecycle<S>,
  status: string,
  current: S | undefined,
): boolean {
  return isKnown(lifecycle, status) && transitionRule(lifecycle, current, status).verdict !== 'refused';
}

/** The outbox entry of the final settlement event of a cancelled portfolio order; empty once it exists. */
export function finalSettlementEntry(
  emission: Emission,
  record: PortfolioOrderRecord,
  now: number,
): OutboxEntry[] {
  if (!isFinallySettled(record)) return [];
  const { outbox, inFlight, retryQueue, accepted, refused, skipped = [] } = emission;
  const closed = { status: 'CLOSED' } as const;
  const isQueuedOrSent = [...outbox, ...inFlight, ...retryQueue, ...accepted, ...refused, ...skipped].some(
    (one) => topicKey(one) === topicKey(closed),
  );
  return isQueuedOrSent ? [] : [{ ...closed, seenAt: now }];
}
