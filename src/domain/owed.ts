/** What ESW has to be told of after observations were applied (`esw-order-event.md` 8.1, 8.7). */
import { isClosedOut } from './closing';
import { keyOf, type Emission, type OutboxEntry } from './emission';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  stepBetween,
  type Lifecycle,
} from './lifecycle';
import type { Observation } from './observation';
import type { EventDetail } from './order-event-topic';
import type { Transition } from './reach';
import type { PortfolioOrderRecord } from './record';

/** The topics of an observation's transitions, as far as the streams that are sent have them. */
export function owedFor(
  observation: Observation,
  transitions: Transition[],
  record: PortfolioOrderRecord,
  { detail = 'portfolio' }: Emission,
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
    return isTold(portfolioOrderLifecycle, status, record.status) ? { status, seenAt } : undefined;
  }
  const orderId = subject === 'order' ? id : orderIdOf(observation);
  const order = record.orders.find((one) => one.id === orderId);
  if (orderId === undefined || order === undefined) return undefined;
  if (subject === 'order') {
    return isTold(orderLifecycle, status, order.status) ? { status, orderId, seenAt } : undefined;
  }
  const execution = order.executions.find((one) => one.id === id);
  return isTold(executionLifecycle, status, execution?.status)
    ? { status, orderId, executionId: id, seenAt }
    : undefined;
}

/** CANCELLED after SETTLED, say, is a finding, but nothing that ESW is told. */
function isTold<S extends string>(
  lifecycle: Lifecycle<S>,
  status: string,
  present: S | undefined,
): status is S {
  return isKnown(lifecycle, status) && stepBetween(lifecycle, present, status).verdict !== 'refused';
}

function orderIdOf(observation: Observation): string | undefined {
  if (observation.subject === 'order') return observation.id;
  return observation.subject === 'execution' ? observation.orderId : undefined;
}

/** The closing event of a cancelled portfolio order, once. Lives of older code have none. */
export function owedClosing(emission: Emission, record: PortfolioOrderRecord, now: number): OutboxEntry[] {
  if (emission.detail === undefined || !isClosedOut(record)) return [];
  const { outbox, inFlight, again = [], accepted, refused } = emission;
  const closed = { status: 'CLOSED' } as const;
  const isKnownToEsw = [...outbox, ...inFlight, ...again, ...accepted, ...refused].some(
    (one) => keyOf(one) === keyOf(closed),
  );
  return isKnownToEsw ? [] : [{ ...closed, seenAt: now }];
}
