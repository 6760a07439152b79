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
import { rowOf } from '../broker/rows';

/** Outbox entries for an observation's transitions, limited to the streams that are sent. */
export function entriesFor(
  observation: Observation,
  transitions: Transition[],
  record: PortfolioOrderRecord,
  { detail }: Emission,
  now: number,
): OutboxEntry[] {
  const sent = transitions.filter((transition) => isSent(transition, detail));
  const owner = orderIdOf(observation);
  return sent.flatMap((transition) => entryOf(transition, owner, record, now) ?? []);
}

function isSent({ subject }: Transition, detail: EventDetail): boolean {
  return (
    subject === 'portfolio-order' || detail === 'executions' || (subject === 'order' && detail === 'orders')
  );
}

function entryOf(
  { subject, id, status }: Transition,
  owner: string | undefined,
  record: PortfolioOrderRecord,
  seenAt: number,
): OutboxEntry | undefined {
  if (subject === 'portfolio-order') {
    return isReportable(portfolioOrderLifecycle, status, record.status) ? { status, seenAt } : undefined;
  }
  if (subject === 'order') {
    return isReportable(orderLifecycle, status, rowOf(record.orders, id)?.status)
      ? { status, orderId: id, seenAt }
      : undefined;
  }
  if (owner === undefined) return undefined;
  const execution = rowOf(rowOf(record.orders, owner)?.executions ?? [], id);
  return isReportable(executionLifecycle, status, execution?.status)
    ? { status, orderId: owner, executionId: id, seenAt }
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
