/**
 * Applies observations to the record. Statuses merge by the rank of the transition tables (`status-tables.ts`), details by
 * last-writer-wins (`field-merge.ts`). Repeating or reordering observations therefore ends in the same statuses and
 * amounts, and no store of processed event ids is needed.
 */
import { reportedAt, withExecutions } from './execution-merge';
import { ORDER_FACTS, PORTFOLIO_ORDER_FACTS, EPOCH, withFacts } from './field-merge';
import { withReports } from './rows';
import {
  isKnown,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from './status-tables';
import type {
  CancellationRefusedObservation,
  ExecutionFacts,
  Observation,
  OrderObservation,
  PortfolioOrderObservation,
  RebalancingObservation,
} from './observation';
import { withChangedTerms } from './terms';
import {
  causeOf,
  evidenceIn,
  recordEvidence,
  union,
  withUnreadableAmounts,
  withUnreadableTimes,
  type Evidence,
  type Transition,
} from './status-merge';
import { refusalsOf } from './record';
import type {
  CancellationRefused,
  Cause,
  ChildOrder,
  PortfolioOrderRecord,
  RebalancingOrder,
  SnapshotEntity,
} from './record';

/** The record after an observation, and the statuses that it reached for the first time. */
export interface ApplyResult {
  record: PortfolioOrderRecord;
  transitions: Transition[];
}

/**
 * Applies one observation. Never throws and never mutates its arguments. The caller passes in only observations of this
 * portfolio order.
 */
export function applyObservation(record: PortfolioOrderRecord, observation: Observation): ApplyResult {
  const transitions: Transition[] = [];
  const { source } = observation;
  const webhookId = record.webhookId ?? (source.kind === 'webhook' ? source.webhookId : undefined);
  const known = webhookId === undefined || record.webhookId !== undefined ? record : { ...record, webhookId };
  return { record: applyTo(known, withoutWebhook(observation, webhookId), transitions), transitions };
}

/** Nearly all events come from one webhook: the record stores its id once instead of thousands of times. */
function withoutWebhook(observation: Observation, known: string | undefined): Observation {
  const { source } = observation;
  const isKnownWebhook = source.kind === 'webhook' && source.webhookId === known;
  if (!isKnownWebhook || observation.subject === 'portfolio-order') return observation;
  return { ...observation, source: { kind: 'webhook', eventId: source.eventId } };
}

function applyTo(
  record: PortfolioOrderRecord,
  observation: Observation,
  transitions: Transition[],
): PortfolioOrderRecord {
  switch (observation.subject) {
    case 'portfolio-order':
      return applyPortfolioOrder(record, observation, transitions);
    case 'order':
      return withYoungest(
        changeOrder(record, observation.id, (order) => applyOrder(order, observation, transitions)),
        observation,
      );
    case 'execution':
      return changeOrder(record, observation.orderId, (order) =>
        withExecutions(
          order,
          [observation.execution],
          {
            isListed: false,
            evidenceFor: () => evidenceIn(observation),
            reportedAt: reportedAt(observation),
            cause: causeOf(observation),
            unreadableTimes: observation.unreadableTimes,
          },
          transitions,
        ),
      );
    case 'order-cancellation':
      return changeOrder(record, observation.orderId, (order) => withRefusal(order, observation));
    case 'rebalancing-execution-order':
      return applyRebalancing(record, observation);
  }
}

function applyPortfolioOrder(
  record: PortfolioOrderRecord,
  observation: PortfolioOrderObservation,
  transitions: Transition[],
): PortfolioOrderRecord {
  const { at, updatedAt, unreadableTimes } = observation;
  const cause = causeOf(observation);
  const merged = withSnapshot(record, portfolioOrderLifecycle, PORTFOLIO_ORDER_FACTS, observation);
  const withTerms = withChangedTerms(merged, record, observation, cause);
  let after = withUnreadableTimes(withTerms, unreadableTimes, cause);
  for (const evidence of evidenceIn(observation)) {
    after = withEnd(recordEvidence(after, portfolioOrderLifecycle, {}, evidence, transitions), evidence);
  }
  // Sorted by id, so that every copy of the snapshot gives a child the same number.
  const children = [...observation.orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  const orders = withReports(after.orders, children, (known, { id: childId, side, status }, number) => {
    const order = known ?? newOrder(childId, number);
    const evidence: Evidence = { status, reached: { at: updatedAt ?? at, by: 'snapshot' } };
    // The child's own snapshots take precedence over what its portfolio order reports of it.
    const withSide =
      side === undefined || side === order.side ? order : withFacts(order, ORDER_FACTS, { side }, EPOCH);
    return recordEvidence(withSide, orderLifecycle, { orderId: childId }, evidence, transitions);
  });
  return orders === after.orders ? after : { ...after, orders };
}

function applyOrder(order: ChildOrder, observation: OrderObservation, transitions: Transition[]): ChildOrder {
  const { id, unreadableTimes, unreadableAmounts } = observation;
  const cause = causeOf(observation);
  let after = withUnreadableTimes(
    withSnapshot(order, orderLifecycle, ORDER_FACTS, observation),
    unreadableTimes,
    cause,
  );
  after = withUnreadableAmounts(after, unreadableAmounts, cause);
  for (const evidence of evidenceIn(observation))
    after = recordEvidence(after, orderLifecycle, { orderId: id }, evidence, transitions);
  const time = reportedAt(observation);
  // FILLED happened at the time of the trade; for later statuses the time of the report is the best that we have.
  const evidenceFor = ({ status, transactionTime = time }: ExecutionFacts): Evidence[] => [
    { status, reached: { at: status === 'FILLED' ? transactionTime : time, by: 'snapshot' } },
  ];
  const isListed = observation.status === 'FILLED';
  const report = { isListed, evidenceFor, reportedAt: time, cause };
  return withExecutions(after, observation.executions, report, transitions);
}

/**
 * Merges the fields of a snapshot and its status. The status of a snapshot without a time is ignored, because it cannot
 * be ordered among the others.
 */
function withSnapshot<S extends string, R extends SnapshotEntity<S>>(
  entity: R,
  lifecycle: Lifecycle<S>,
  fields: Parameters<typeof withFacts>[1],
  observation: PortfolioOrderObservation | OrderObservation,
): R {
  const { status, updatedAt = EPOCH } = observation;
  const snapshot = updatedAt !== EPOCH && isKnown(lifecycle, status) ? status : undefined;
  const after = withFacts(entity, fields, { ...observation, snapshot }, updatedAt);
  delete after.statusRegression;
  const best = highest(lifecycle, entity.statusRegression?.from ?? entity.snapshot, snapshot);
  if (best === undefined || rank(lifecycle, best) <= rank(lifecycle, after.snapshot)) return after;

  // The cause is the newest snapshot: this observation, or an earlier one of which perhaps only the time is known.
  const at = after.fieldTimes?.snapshot ?? after.updatedAt ?? EPOCH;
  const known: Cause =
    entity.statusRegression?.cause.at === at ? entity.statusRegression.cause : { at, by: 'snapshot' };
  const cause = updatedAt === at && entity.updatedAt !== at ? { ...causeOf(observation), at } : known;
  return { ...after, statusRegression: { from: best, cause } };
}

function highest<S extends string>(
  lifecycle: Lifecycle<S>,
  a: S | undefined,
  b: S | undefined,
): S | undefined {
  return rank(lifecycle, a) < rank(lifecycle, b) ? b : a;
}

/** Keeps the earliest time at which the broker reported the portfolio order as ended. */
function withEnd(record: PortfolioOrderRecord, { status, reached: { at } }: Evidence): PortfolioOrderRecord {
  const ends = isKnown(portfolioOrderLifecycle, status) && isTerminal(portfolioOrderLifecycle, status);
  if (!ends || (record.endedAt !== undefined && record.endedAt <= at)) return record;
  return { ...record, endedAt: at };
}

/** Keeps the greatest pair of time and id, so that the order of arrival does not matter. */
function withYoungest(record: PortfolioOrderRecord, observation: OrderObservation): PortfolioOrderRecord {
  const { id, createdAt } = observation;
  const known = record.youngestOrder;
  if (createdAt === undefined) return record;
  const isYounger =
    known === undefined || createdAt > known.createdAt || (createdAt === known.createdAt && id > known.id);
  return isYounger ? { ...record, youngestOrder: { id, createdAt, cause: causeOf(observation) } } : record;
}

/** Refusals beyond this number are dropped, the latest first: a client that repeats a cancel must not fill the record. */
const MAX_REFUSALS = 20;

/** Keeps each refusal once, in order, so that repetition and the order of arrival do not matter. */
function withRefusal(order: ChildOrder, observation: CancellationRefusedObservation): ChildOrder {
  const { reason } = observation;
  const cause = causeOf(observation);
  const reported: CancellationRefused = { ...cause, ...(reason !== undefined && { reason }) };
  const sortKey = (one: CancellationRefused): string => JSON.stringify([one.at, one.reason, one.eventId]);
  const after = withUnreadableTimes(order, observation.unreadableTimes, cause);
  const known = refusalsOf(order);
  if (known.some((one) => sortKey(one) === sortKey(reported))) return after;
  const [cancellationRefused = reported, ...further] = [...known, reported]
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .slice(0, MAX_REFUSALS);
  return { ...after, cancellationRefused, ...(further.length > 0 && { furtherRefusals: further }) };
}

/** These fields are informational and not expected to change; of two values the greater text wins. */
function applyRebalancing(
  record: PortfolioOrderRecord,
  observation: RebalancingObservation,
): PortfolioOrderRecord {
  const { id, status, ...reported } = observation;
  const { rebalancing = [] } = record;
  const known = rebalancing.find((one) => one.id === id);
  const evidence = { ...causeOf(observation), status };
  const seen = [...(known?.seen ?? []), evidence].sort((a, b) => (a.at < b.at ? -1 : 1));
  const after: RebalancingOrder = {
    id,
    statuses: union(known?.statuses, [status]),
    // The earliest of each status.
    seen: seen.filter((one, index) => seen.findIndex((other) => other.status === one.status) === index),
  };
  for (const field of ['executionId', 'cancellationReason', 'cancellationDetails'] as const) {
    const value = [known?.[field], reported[field]]
      .filter((one) => one !== undefined)
      .sort()
      .at(-1);
    if (value !== undefined) after[field] = value;
  }
  const others = rebalancing.filter((one) => one !== known);
  return { ...record, rebalancing: [...others, after].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function changeOrder(
  record: PortfolioOrderRecord,
  id: string,
  change: (order: ChildOrder) => ChildOrder,
): PortfolioOrderRecord {
  const orders = withReports(record.orders, [{ id }], (known, _report, number) =>
    change(known ?? newOrder(id, number)),
  );
  return orders === record.orders ? record : { ...record, orders };
}

function newOrder(id: string, number: number): ChildOrder {
  return { id, number, reached: {}, executions: [] };
}
