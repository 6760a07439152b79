/**
 * Decides which OrderEvents may be sent now, and in which order (references/esw.md#order-of-events): per subject in
 * lifecycle order; the portfolio order's first event before all events of children, its FILLED after theirs, its
 * SETTLED last.
 *
 * An entry behind a gap is blocked for a grace time. Then we reconcile with the broker and send what was really observed.
 */
import { lacksExecutionDetails } from '../broker/completion';
import { isEnding } from '../order-event/correction';
import { childSteps } from '../order-event/child-steps';
import { followsChildren } from './partitions';
import { highWaterMarks, sequenceOf, type Emission, type OutboxEntry } from './outbox';
import { skippedStatuses } from '../findings/findings';
import {
  executionLifecycle,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from '../broker/status-tables';
import { rowOf } from '../broker/rows';
import { subjectKey, topicKey, type OrderEventTopic } from '../order-event/topic';
import { executionsOf, type ChildOrder, type PortfolioOrderRecord, type Entity } from '../broker/record';

export interface DispatchPlan {
  /** To be sent now, in this order. */
  ready: OutboxEntry[];
  /** Waiting for the grace time or for earlier entries. */
  blocked: OutboxEntry[];
  /** When the first grace time ends, milliseconds since the epoch; absent where no grace time is running. */
  nextAt?: number;
}

/**
 * Splits the outbox into ready and blocked entries.
 *
 * @param graceMs how long a status waits for earlier ones; after that it waits for one reconciliation with the broker
 * @param isUnreadable true once the broker could not be read for so long that statuses go without their predecessors; those
 *   whose amounts would be incomplete wait on
 */
export function planDispatch(
  emission: Emission,
  record: PortfolioOrderRecord,
  now: number,
  graceMs: number,
  isUnreadable = false,
): DispatchPlan {
  if (emission.outbox.length === 0) return { ready: [], blocked: [] };
  const sent = highWaterMarks(emission);
  const mayWait = ({ seenAt, isChecked }: OutboxEntry): boolean => now < seenAt + graceMs || !isChecked;
  const goesOn = ({ seenAt }: OutboxEntry): boolean => isUnreadable && now >= seenAt + graceMs;
  const orders = new Map(record.orders.map((order) => [order.id, order]));

  const children = childQueues(emission, orders).map(({ order, queue }) =>
    split(queue, (entry) => {
      if (order?.status === undefined) return true;
      if (!mayWait(entry)) return false;
      return lacksExecutions(entry, order) || (!goesOn(entry) && isUnconfirmedChild(entry, order, sent));
    }),
  );
  const blockedChildren = children.flatMap(({ blocked }) => blocked);
  const own = split(ownQueue(emission), (entry) => {
    if (isAheadOfChildren(entry, record, blockedChildren)) return true;
    if (!mayWait(entry)) return false;
    if (!goesOn(entry) && isUnconfirmed(portfolioOrderLifecycle, record, entry, sent)) return true;
    return isAheadOfChildEnds(entry, record);
  });

  const isFirst = !sent.has('portfolio-order');
  const hasStarted = !isFirst || own.ready.length > 0;
  // ESW has to know the order before its children, whatever its first event is.
  const last = own.ready.findIndex((entry, index) => followsChildren(entry) && !(isFirst && index === 0));
  const front = last === -1 ? own.ready.length : last;
  const ready = [
    ...own.ready.slice(0, front),
    ...(hasStarted ? children.flatMap((queue) => queue.ready) : []),
    ...own.ready.slice(front),
  ];
  const blocked = [...own.blocked, ...children.flatMap((queue) => (hasStarted ? queue.blocked : queue.all))];
  const heads = [
    own.blocked[0],
    ...children.flatMap((queue) => [queue.blocked[0], ...(hasStarted ? [] : queue.all)]),
  ];
  const ends = heads.flatMap((head) => (head !== undefined && mayWait(head) ? [head.seenAt + graceMs] : []));
  return { ready, blocked, ...(ends.length > 0 && { nextAt: Math.min(...ends) }) };
}

/** Entries behind a blocked one of the same queue are blocked, too: order matters more than speed. */
function split(
  all: OutboxEntry[],
  isBlocked: (entry: OutboxEntry) => boolean,
): Record<'all' | 'ready' | 'blocked', OutboxEntry[]> {
  const first = all.findIndex(isBlocked);
  const end = first === -1 ? all.length : first;
  return { all, ready: all.slice(0, end), blocked: all.slice(end) };
}

function ownQueue({ outbox }: Emission): OutboxEntry[] {
  return outbox.filter(({ orderId }) => orderId === undefined).sort((a, b) => sequenceOf(a) - sequenceOf(b));
}

/** The pending entries of each child and its executions, in emission order. */
function childQueues(
  { outbox }: Emission,
  orders: Map<string, ChildOrder>,
): { order: ChildOrder | undefined; queue: OutboxEntry[] }[] {
  const byOrder = new Map<string, Map<string, OutboxEntry>>();
  for (const entry of outbox) {
    if (entry.orderId === undefined) continue;
    const entries = byOrder.get(entry.orderId) ?? new Map<string, OutboxEntry>();
    byOrder.set(entry.orderId, entries.set(topicKey(entry), entry));
  }
  return [...byOrder].map(([orderId, entries]) => {
    const order = orders.get(orderId);
    const steps = order === undefined ? [] : childSteps(order, true);
    const queue = steps.flatMap(({ topic }) => entries.get(topicKey(topic)) ?? []);
    return { order, queue };
  });
}

/**
 * True for a status that was only seen in a snapshot, or that skipped earlier statuses. Statuses before the last one sent
 * do not count: the grace time for them has passed.
 */
function isUnconfirmed<S extends string>(
  lifecycle: Lifecycle<S>,
  entity: Entity<S>,
  entry: { status: string },
  sent: Map<string, number>,
  subject = 'portfolio-order',
): boolean {
  const status = entry.status as S;
  if (!lifecycle.statuses.includes(status)) return false;
  if (entity.reached[status]?.by === 'snapshot') return true;
  const highWaterMark = sent.get(subject) ?? -1;
  return skippedStatuses(lifecycle, entity, status).some(
    (skipped) => rank(lifecycle, skipped) > highWaterMark,
  );
}

/** True for FILLED without executions: the event would report no amounts. */
function lacksExecutions(topic: OrderEventTopic, { executions }: ChildOrder): boolean {
  return topic.executionId === undefined && topic.status === 'FILLED' && executions.length === 0;
}

function isUnconfirmedChild(topic: OrderEventTopic, order: ChildOrder, sent: Map<string, number>): boolean {
  if (topic.orderId === undefined) return false;
  if (topic.executionId === undefined)
    return isUnconfirmed(orderLifecycle, order, topic, sent, subjectKey(topic));
  const execution = rowOf(order.executions, topic.executionId);
  return (
    execution === undefined || isUnconfirmed(executionLifecycle, execution, topic, sent, subjectKey(topic))
  );
}

/**
 * True while events of children are blocked that must be sent before this one. The entry waits for them beyond its own
 * grace time, but not forever, because they have grace times of their own. CANCELLED does not wait; CLOSED follows it once
 * all executions are final.
 */
function isAheadOfChildren(
  entry: OutboxEntry,
  record: PortfolioOrderRecord,
  blockedChildren: OutboxEntry[],
): boolean {
  if (entry.status === 'FILLED') return record.status !== 'CANCELLED' && blockedChildren.some(isBeforeFill);
  return isEnding(entry) && blockedChildren.length > 0;
}

/**
 * True for the portfolio order's FILLED while a child's end is missing, and for its SETTLED while an execution's is: the
 * amounts in the event would be too small.
 */
function isAheadOfChildEnds({ status }: OutboxEntry, record: PortfolioOrderRecord): boolean {
  if (status === 'FILLED') return record.status !== 'CANCELLED' && hasOpenChildren(record);
  if (status !== 'SETTLED') return false;
  return (
    hasOpenChildren(record) || executionsOf(record).some((one) => !isTerminal(executionLifecycle, one.status))
  );
}

/** True while the end or the execution details of a child are unknown, or no child is known. */
function hasOpenChildren({ orders }: PortfolioOrderRecord): boolean {
  const isOpen = ({ status }: ChildOrder): boolean => !isTerminal(orderLifecycle, status);
  return orders.length === 0 || orders.some((order) => isOpen(order) || lacksExecutionDetails(order));
}

/** True for entries that precede the portfolio order's FILLED: all but the settlement or cancel of an execution. */
function isBeforeFill({ status, executionId }: OutboxEntry): boolean {
  return executionId === undefined || status === 'FILLED';
}
