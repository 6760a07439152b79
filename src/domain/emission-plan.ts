/**
 * Which OrderEvents may go now, and in which order (`esw-order-event.md` 8.7): every subject's in the order of its statuses,
 * the portfolio order's first one before any of its children's, its FILLED behind theirs, its SETTLED last.
 *
 * What looks like a gap is held for a grace time; then the broker is asked, and it goes out as what was really observed.
 */
import { isSilent } from './aggregate';
import { childSteps } from './child-steps';
import { furthestSent, keyOf, rankOf, topicOf, type Emission, type OutboxEntry } from './emission';
import { skippedStatuses } from './findings';
import {
  executionLifecycle,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from './lifecycle';
import { subjectKey, topicKey, type OrderEventTopic } from './order-event-topic';
import { executionsOf, type OrderRow, type PortfolioOrderRecord, type Row } from './record';

export interface EmissionPlan {
  /** May go now, in this order. */
  due: OutboxEntry[];
  /** Waits for its grace time or for what comes before it. */
  held: OutboxEntry[];
  /** When the first grace time of what is held ends, milliseconds since the epoch; absent where time changes nothing. */
  nextAt?: number;
}

/** How long a status waits for those before it. */
export interface PredecessorRule {
  /** Milliseconds. */
  graceMs: number;
  /** True when the broker is asked at the end of that time, and the status waits for its answer, too. */
  asks: boolean;
}

/** Sorts the outbox into what may go now and what has to wait. */
export function planEmission(
  emission: Emission,
  record: PortfolioOrderRecord,
  now: number,
  { graceMs, asks }: PredecessorRule,
): EmissionPlan {
  if (emission.outbox.length === 0) return { due: [], held: [] };
  const sent = furthestSent(emission);
  const mayWait = ({ seenAt, isChecked }: OutboxEntry): boolean =>
    now < seenAt + graceMs || (asks && !isChecked);
  const orders = new Map(record.orders.map((order) => [order.id, order]));

  const children = childQueues(emission, orders).map(({ order, queue }) =>
    split(queue, (entry) => {
      if (order?.status === undefined) return true;
      return mayWait(entry) && isUncertainChild(topicOf(entry), order, sent);
    }),
  );
  const behind = children.flatMap(({ held }) => held);
  const own = split(ownQueue(emission), (entry) => {
    if (emission.detail !== undefined && isAheadOfChildren(entry, record, behind)) return true;
    if (!mayWait(entry)) return false;
    if (isUncertain(portfolioOrderLifecycle, record, entry, sent)) return true;
    return emission.detail !== undefined && isAheadOfItsParts(entry, record);
  });

  const isOpened = sent.has('portfolio-order') || own.due.length > 0;
  const last = own.due.findIndex(comesBehindChildren);
  const front = last === -1 ? own.due.length : last;
  const due = [
    ...own.due.slice(0, front),
    ...(isOpened ? children.flatMap((queue) => queue.due) : []),
    ...own.due.slice(front),
  ];
  const held = [...own.held, ...children.flatMap((queue) => (isOpened ? queue.held : queue.all))];
  const heads = [
    own.held[0],
    ...children.flatMap((queue) => [queue.held[0], ...(isOpened ? [] : queue.all)]),
  ];
  const ends = heads.flatMap((head) => (head !== undefined && mayWait(head) ? [head.seenAt + graceMs] : []));
  return { due, held, ...(ends.length > 0 && { nextAt: Math.min(...ends) }) };
}

/** Everything behind a held entry of the same queue waits, too: order matters more than speed. */
function split(
  all: OutboxEntry[],
  isHeld: (entry: OutboxEntry) => boolean,
): Record<'all' | 'due' | 'held', OutboxEntry[]> {
  const first = all.findIndex(isHeld);
  const end = first === -1 ? all.length : first;
  return { all, due: all.slice(0, end), held: all.slice(end) };
}

function ownQueue({ outbox }: Emission): OutboxEntry[] {
  return outbox.filter(({ orderId }) => orderId === undefined).sort((a, b) => rankOf(a) - rankOf(b));
}

/** For each child of which something is owed: its own and its executions' topics, in the order of its steps. */
function childQueues(
  { outbox }: Emission,
  orders: Map<string, OrderRow>,
): { order: OrderRow | undefined; queue: OutboxEntry[] }[] {
  const byOrder = new Map<string, Map<string, OutboxEntry>>();
  for (const entry of outbox) {
    if (entry.orderId === undefined) continue;
    const entries = byOrder.get(entry.orderId) ?? new Map<string, OutboxEntry>();
    byOrder.set(entry.orderId, entries.set(keyOf(entry), entry));
  }
  return [...byOrder].map(([orderId, entries]) => {
    const order = orders.get(orderId);
    const steps = order === undefined ? [] : childSteps(order, true);
    const queue = steps.flatMap(({ topic }) => entries.get(topicKey(topic)) ?? []);
    return { order, queue };
  });
}

/**
 * True for a status that was only seen inside the snapshot of another event, or that left a gap behind it. Gaps before
 * what went out already were waited for once.
 */
function isUncertain<S extends string>(
  lifecycle: Lifecycle<S>,
  row: Row<S>,
  entry: { status: string },
  sent: Map<string, number>,
  subject = 'portfolio-order',
): boolean {
  const status = entry.status as S;
  if (!lifecycle.statuses.includes(status)) return false;
  if (row.reached[status]?.by === 'snapshot') return true;
  const furthest = sent.get(subject) ?? -1;
  return skippedStatuses(lifecycle, row, status).some((skipped) => rank(lifecycle, skipped) > furthest);
}

function isUncertainChild(topic: OrderEventTopic, order: OrderRow, sent: Map<string, number>): boolean {
  if (topic.subject === 'order') {
    // Its executions are what its FILLED has to tell.
    const isEmpty = topic.status === 'FILLED' && order.executions.length === 0;
    return isEmpty || isUncertain(orderLifecycle, order, topic, sent, subjectKey(topic));
  }
  if (topic.subject === 'portfolio-order') return false;
  const execution = order.executions.find(({ id }) => id === topic.executionId);
  return (
    execution === undefined || isUncertain(executionLifecycle, execution, topic, sent, subjectKey(topic))
  );
}

function comesBehindChildren({ status }: OutboxEntry): boolean {
  return status === 'FILLED' || status === 'SETTLED' || status === 'CLOSED';
}

/**
 * True while events of children are held that have to go before this one. They have grace times of their own, so that it
 * waits for them beyond its own, and not forever. CANCELLED goes at once; CLOSED comes behind it when all is final.
 *
 * @param behind what is held back of the children
 */
function isAheadOfChildren(
  { status }: OutboxEntry,
  record: PortfolioOrderRecord,
  behind: OutboxEntry[],
): boolean {
  if (status === 'FILLED') return record.status !== 'CANCELLED' && behind.some(isBeforeFill);
  return (status === 'SETTLED' || status === 'CLOSED') && behind.length > 0;
}

/**
 * True for the portfolio order's FILLED while a child's end is missing, and for its SETTLED while an execution's is: what
 * the two say of amounts would be too small.
 */
function isAheadOfItsParts({ status }: OutboxEntry, record: PortfolioOrderRecord): boolean {
  if (status === 'FILLED') return record.status !== 'CANCELLED' && lacksAnEnd(record);
  if (status !== 'SETTLED') return false;
  return (
    lacksAnEnd(record) || executionsOf(record).some((one) => !isTerminal(executionLifecycle, one.status))
  );
}

/** True while a child's end, or every child, is still unknown. */
function lacksAnEnd({ orders }: PortfolioOrderRecord): boolean {
  const isOpen = ({ status }: OrderRow): boolean => !isTerminal(orderLifecycle, status);
  return orders.length === 0 || orders.some((order) => isOpen(order) || isSilent(order));
}

/** Executions settle after their order was filled. */
function isBeforeFill({ status, executionId }: OutboxEntry): boolean {
  return executionId === undefined || status === 'FILLED';
}
