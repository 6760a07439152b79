/**
 * How an observation changes the record. Statuses are joined along the rank of the transition tables (`lifecycle.ts`),
 * details are registers in which the newest telling wins (`facts.ts`); so applying an observation twice, or any two in
 * another order, ends in the same statuses and amounts, and nobody needs a store of event ids.
 */
import { changeExecution, toldAt } from './executions';
import { ORDER_FACTS, PORTFOLIO_ORDER_FACTS, UNDATED, withFacts } from './facts';
import { DEFAULT_AMOUNT_TOLERANCE, findingsOf, type Finding } from './findings';
import {
  isKnown,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  type Lifecycle,
} from './lifecycle';
import type {
  CancellationRefusedObservation,
  Observation,
  OrderObservation,
  PortfolioOrderObservation,
  RebalancingObservation,
} from './observation';
import { causeOf, proofs, reach, union, withUnreadableTimes, type Proof, type Transition } from './reach';
import type {
  CancellationRefused,
  Cause,
  OrderRow,
  PortfolioOrderRecord,
  RebalancingRow,
  SnapshotRow,
} from './record';

export type { Transition } from './reach';

export interface Changed {
  record: PortfolioOrderRecord;
  transitions: Transition[];
}

export interface Applied extends Changed {
  /** Findings that were not there before. */
  findings: Finding[];
}

/**
 * Applies one observation. Never throws and never mutates its arguments. An observation of another portfolio order must
 * not be passed in: routing is the caller's duty. For `amountTolerance` see `findingsOf`.
 */
export function applyObservation(
  record: PortfolioOrderRecord,
  observation: Observation,
  amountTolerance = DEFAULT_AMOUNT_TOLERANCE,
): Applied {
  const changed = changeRecord(record, observation);
  const known = new Set(findingsOf(record, amountTolerance).map(findingKey));
  const findings = findingsOf(changed.record, amountTolerance).filter(
    (finding) => !known.has(findingKey(finding)),
  );
  return { ...changed, findings };
}

/** As `applyObservation`, for callers who look at findings later: those of 500 children cost more than the change. */
export function changeRecord(record: PortfolioOrderRecord, observation: Observation): Changed {
  const transitions: Transition[] = [];
  const { source } = observation;
  const webhookId = record.webhookId ?? (source.kind === 'webhook' ? source.webhookId : undefined);
  const known = webhookId === undefined || record.webhookId !== undefined ? record : { ...record, webhookId };
  return { record: applyTo(known, withoutWebhook(observation, webhookId), transitions), transitions };
}

/** Nearly everything comes by one webhook, whose id the record has once instead of thousands of times. */
function withoutWebhook(observation: Observation, known: string | undefined): Observation {
  const { source } = observation;
  const isTheOne = source.kind === 'webhook' && source.webhookId === known;
  if (!isTheOne || observation.subject === 'portfolio-order') return observation;
  return { ...observation, source: { kind: 'webhook', eventId: source.eventId } };
}

/** Two findings are the same when they say the same thing about the same subject. */
function findingKey(finding: Finding): string {
  return `${finding.code}|${finding.subject}|${finding.id}|${finding.message}`;
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
        changeExecution(
          order,
          observation.execution,
          {
            isListed: false,
            proofs: proofs(observation),
            toldAt: toldAt(observation),
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
  const { id, at, updatedAt, unreadableTimes } = observation;
  let after = withUnreadableTimes(
    withSnapshot(record, portfolioOrderLifecycle, PORTFOLIO_ORDER_FACTS, observation),
    unreadableTimes,
    causeOf(observation),
  );
  for (const proof of proofs(observation)) {
    after = withEnd(reach(after, portfolioOrderLifecycle, id, proof, transitions), proof);
  }
  // Ties in first sight are broken by id, so that a child gets the same number from whichever copy of the snapshot.
  const children = [...observation.orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id: childId, side, status } of children) {
    const proof: Proof = { status, reached: { at: updatedAt ?? at, by: 'snapshot' } };
    after = changeOrder(after, childId, (order) => {
      // What another object says of a child counts less than whatever the child says of itself.
      const sided =
        side === undefined || side === order.side ? order : withFacts(order, ORDER_FACTS, { side }, UNDATED);
      return reach(sided, orderLifecycle, childId, proof, transitions);
    });
  }
  return after;
}

function applyOrder(order: OrderRow, observation: OrderObservation, transitions: Transition[]): OrderRow {
  const { id, unreadableTimes } = observation;
  const cause = causeOf(observation);
  let after = withUnreadableTimes(
    withSnapshot(order, orderLifecycle, ORDER_FACTS, observation),
    unreadableTimes,
    cause,
  );
  for (const proof of proofs(observation)) after = reach(after, orderLifecycle, id, proof, transitions);
  for (const execution of observation.executions) {
    const { status, transactionTime } = execution;
    const told = toldAt(observation);
    // Traded is what FILLED means; a later status came some time after, and this is when we know it.
    const reachedAt = status === 'FILLED' ? (transactionTime ?? told) : told;
    const snapshot: Proof = { status, reached: { at: reachedAt, by: 'snapshot' } };
    const isListed = observation.status === 'FILLED';
    const telling = { isListed, proofs: [snapshot], toldAt: told, cause };
    after = changeExecution(after, execution, telling, transitions);
  }
  return after;
}

/**
 * Joins the facts of a snapshot and the status that it shows. A snapshot without a time shows nothing: nobody can say
 * whether it is the newest.
 */
function withSnapshot<S extends string, R extends SnapshotRow<S>>(
  row: R,
  lifecycle: Lifecycle<S>,
  kind: Parameters<typeof withFacts>[1],
  observation: PortfolioOrderObservation | OrderObservation,
): R {
  const { status, updatedAt = UNDATED } = observation;
  const shown = updatedAt !== UNDATED && isKnown(lifecycle, status) ? status : undefined;
  const after = withFacts(row, kind, { ...observation, shown }, updatedAt);
  delete after.regression;
  const best = highest(lifecycle, row.regression?.from ?? row.shown, shown);
  if (best === undefined || rank(lifecycle, best) <= rank(lifecycle, after.shown)) return after;

  // The newest snapshot is this one, or one that came before, of which its time is known and perhaps more.
  const at = after.older?.shown ?? after.updatedAt ?? UNDATED;
  const known: Cause = row.regression?.cause.at === at ? row.regression.cause : { at, by: 'snapshot' };
  const cause = updatedAt === at && row.updatedAt !== at ? { ...causeOf(observation), at } : known;
  return { ...after, regression: { from: best, cause } };
}

function highest<S extends string>(
  lifecycle: Lifecycle<S>,
  a: S | undefined,
  b: S | undefined,
): S | undefined {
  return rank(lifecycle, a) < rank(lifecycle, b) ? b : a;
}

/** Notes when the broker first called the portfolio order ended. */
function withEnd(record: PortfolioOrderRecord, { status, reached: { at } }: Proof): PortfolioOrderRecord {
  const ends = isKnown(portfolioOrderLifecycle, status) && isTerminal(portfolioOrderLifecycle, status);
  if (!ends || (record.endedAt !== undefined && record.endedAt <= at)) return record;
  return { ...record, endedAt: at };
}

/** Keeps the greatest pair of time and id, so that it does not matter who came first. */
function withYoungest(record: PortfolioOrderRecord, observation: OrderObservation): PortfolioOrderRecord {
  const { id, createdAt } = observation;
  const known = record.youngestOrder;
  if (createdAt === undefined) return record;
  const isYounger =
    known === undefined || createdAt > known.createdAt || (createdAt === known.createdAt && id > known.id);
  return isYounger ? { ...record, youngestOrder: { id, createdAt, cause: causeOf(observation) } } : record;
}

/** The earliest refusal stays; of two in the same moment the one that sorts first. */
function withRefusal(order: OrderRow, observation: CancellationRefusedObservation): OrderRow {
  const { reason } = observation;
  const cause = causeOf(observation);
  const told: CancellationRefused = { ...cause, ...(reason !== undefined && { reason }) };
  const sortKey = (one: CancellationRefused): string => JSON.stringify([one.at, one.reason, one.eventId]);
  const known = order.cancellationRefused;
  const stays = known !== undefined && sortKey(known) <= sortKey(told);
  const row = withUnreadableTimes(order, observation.unreadableTimes, cause);
  return stays ? row : { ...row, cancellationRefused: told };
}

/** Nothing of it is expected to change, and none of it decides anything: of two values the greater text stays. */
function applyRebalancing(
  record: PortfolioOrderRecord,
  { id, status, ...told }: RebalancingObservation,
): PortfolioOrderRecord {
  const { rebalancing = [] } = record;
  const known = rebalancing.find((row) => row.id === id);
  const after: RebalancingRow = { id, statuses: union(known?.statuses, [status]) };
  for (const field of ['executionId', 'cancellationReason', 'cancellationDetails'] as const) {
    const value = [known?.[field], told[field]]
      .filter((one) => one !== undefined)
      .sort()
      .at(-1);
    if (value !== undefined) after[field] = value;
  }
  const others = rebalancing.filter((row) => row !== known);
  return { ...record, rebalancing: [...others, after].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function changeOrder(
  record: PortfolioOrderRecord,
  id: string,
  change: (order: OrderRow) => OrderRow,
): PortfolioOrderRecord {
  const known = record.orders.find((order) => order.id === id);
  const after = change(known ?? { id, number: record.orders.length + 1, reached: {}, executions: [] });
  if (after === known) return record;
  const orders = known
    ? record.orders.map((order) => (order === known ? after : order))
    : [...record.orders, after];
  return { ...record, orders };
}
