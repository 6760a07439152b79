/** Outbox entries produced by applying observations (references/esw.md#streams, #order-of-events). */
import { isFinallySettled } from '../order-event/close-out';
import { keyOf, type Emission, type OutboxEntry } from './outbox';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  transitionRule,
  type Lifecycle,
} from '../broker/status-tables';
import type { Observation } from '../broker/observation';
import type { EventDetail } from '../order-event/topic';
import type { Transition } from '../broker/status-merge';
import type { PortfolioOrderRecord } from '../broker/record';

/** Outbox entries for an observation's transitions, limited to the streams that are sent. */
export function entriesFor(
  observation: Observation,
  transitions: Transition[],
  record: PortfolioOrderRecord,
  { detail }: Emission,
  now: number,
): OutboxEntry[] {
  return transitions.flatMap((transition) => {
    if (!isSent(transition, detail)) return [];
    const entry = entryOf(transition, observation, record, now);
    return entry === undefined ? [] : [entry];
  });
}

function isSent({ subject }: Transition, detail: EventDetail): boolean {
  return (
    subject === 'portfolio-order' || detail === 'executions' || (subject === 'order' && detail === 'orders')
  );
}

function entryOf(
  { subject, id, status }: Transition,
  observation: Observation,
  record: PortfolioOrderRecord,
  seenAt: number,
): OutboxEntry | undefined {
  if (subject === 'portfolio-order') {
    return isReportable(portfolioOrderLifecycle, status, record.status) ? { status, seenAt } : undefined;
  }
  const orderId = subject === 'order' ? id : orderIdOf(observation);
  const order = record.orders.find((one) => one.id === orderId);
  if (orderId === undefined || order === undefined) return undefined;
  if (subject === 'order') {
    return isReportable(orderLifecycle, status, order.status) ? { status, orderId, seenAt } : undefined;
  }
  const execution = order.executions.find((one) => one.id === id);
  return isReportable(executionLifecycle, status, execution?.status)
    ? { status, orderId, executionId: id, seenAt }
    : undefined;
}

/** False for rejected transitions, such as CANCELLED after SETTLED, which raise a finding but no event. */
function isReportable<S extends string>(
  lifecycle: Lifecycle<S>,
  status: string,
  current: S | undefined,
): status is S {
  return isKnown(lifecycle, status) && transitionRule(lifecycle, current, status).verdict !== 'refused';
}

function orderIdOf(observation: Observation): string | undefined {
  if (observation.subject === 'order') return observation.id;
  return observation.subject === 'execution' ? observation.orderId : undefined;
}

/** The outbox entry of the final settlement event of a cancelled portfolio order; empty once it exists. */
export function finalSettlementEntry(
  emission: Emission,
  record: PortfolioOrderRecord,
  now: number,
): OutboxEntry[] {
  if (!isFinallySettled(record)) return [];
  const { outbox, inFlight, retryQueue, accepted, refused } = emission;
  const closed = { status: 'CLOSED' } as const;
  const isQueuedOrSent = [...outbox, ...inFlight, ...retryQueue, ...accepted, ...refused].some(
    (one) => keyOf(one) === keyOf(closed),
  );
  return isQueuedOrSent ? [] : [{ ...closed, seenAt: now }];
}
