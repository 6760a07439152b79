/**
 * How an observation changes the record. Statuses are joined along the rank of the transition tables, details are taken
 * from the newest snapshot; so applying an observation twice, or any two in another order, ends in the same statuses and
 * amounts, and nobody needs a store of event ids.
 */
import { findingsOf, type Finding } from './findings';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  stepBetween,
  type Lifecycle,
  type Step,
  type Subject,
} from './lifecycle';
import type {
  ExecutionFacts,
  Observation,
  OrderObservation,
  PortfolioOrderObservation,
  RebalancingObservation,
} from './observation';
import type { ExecutionRow, OrderRow, PortfolioOrderRecord, Reached, RebalancingRow, Row } from './record';

/** A status that was reached for the first time. */
export interface Transition {
  subject: Subject;
  id: string;
  status: string;
  /** Time at the broker. */
  at: string;
  /** The row of the table that moved the status; absent for one that was overtaken before it was seen. */
  step?: Step<string>;
}

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
 * not be passed in: routing is the caller's duty.
 */
export function applyObservation(record: PortfolioOrderRecord, observation: Observation): Applied {
  const changed = changeRecord(record, observation);
  const known = new Set(findingsOf(record).map(findingKey));
  const findings = findingsOf(changed.record).filter((finding) => !known.has(findingKey(finding)));
  return { ...changed, findings };
}

/** As `applyObservation`, for callers who look at findings later: those of 500 children cost more than the change. */
export function changeRecord(record: PortfolioOrderRecord, observation: Observation): Changed {
  const transitions: Transition[] = [];
  return { record: applyTo(record, observation, transitions), transitions };
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
      return changeOrder(record, observation.id, (order) => applyOrder(order, observation, transitions));
    case 'execution':
      return changeOrder(record, observation.orderId, (order) =>
        changeExecution(
          order,
          withUnreadableTimes(observation.execution, observation.unreadableTimes),
          proofs(observation),
          transitions,
        ),
      );
    case 'order-cancellation':
      return changeOrder(record, observation.orderId, (order) => ({
        ...withUnreadableTimes(order, observation.unreadableTimes),
        cancellationRefused: order.cancellationRefused ?? {
          at: observation.at,
          ...(observation.reason !== undefined && { reason: observation.reason }),
        },
      }));
    case 'rebalancing-execution-order':
      return applyRebalancing(record, observation);
  }
}

/** A status together with the proof that an observation gives for it. */
interface Proof {
  status: string;
  reached: Reached;
}

/**
 * The statuses an observation speaks of: the one its event type names, and the one its object shows. The second is only
 * a snapshot where the two disagree (`esw-order-event.md` 8.7).
 */
function proofs(observation: Observation): Proof[] {
  const { source, at, status, announced } = observation;
  const updatedAt = 'updatedAt' in observation ? observation.updatedAt : undefined;
  const webhook = source.kind === 'webhook' ? source : undefined;
  const direct: Reached = {
    at,
    by: source.kind,
    ...(webhook && { eventId: webhook.eventId }),
    ...(webhook?.webhookId !== undefined &&
      observation.subject === 'portfolio-order' && { webhookId: webhook.webhookId }),
    ...(updatedAt !== undefined && updatedAt > at && { updatedAt }),
  };
  if (announced === undefined || announced === status) return [{ status, reached: direct }];
  return [
    { status: announced, reached: direct },
    { status, reached: { at: updatedAt ?? at, by: 'snapshot' } },
  ];
}

/** Joins one status into a row. A direct proof takes the place of a mere snapshot; otherwise the first proof stays. */
function reach<S extends string, R extends Row<S>>(
  row: R,
  lifecycle: Lifecycle<S>,
  id: string,
  { status, reached }: Proof,
  transitions: Transition[],
): R {
  if (!isKnown(lifecycle, status)) {
    return { ...row, unknownStatuses: union(row.unknownStatuses, [status]) };
  }
  const before = row.reached[status];
  if (before !== undefined && !(before.by === 'snapshot' && reached.by !== 'snapshot')) return row;

  const step = stepBetween(lifecycle, row.status, status);
  if (before === undefined) {
    transitions.push({ subject: lifecycle.subject, id, status, at: reached.at, ...(step && { step }) });
  }
  const rises = rank(lifecycle, status) > rank(lifecycle, row.status);
  return { ...row, ...(rises && { status }), reached: { ...row.reached, [status]: reached } };
}

function applyPortfolioOrder(
  record: PortfolioOrderRecord,
  observation: PortfolioOrderObservation,
  transitions: Transition[],
): PortfolioOrderRecord {
  const { subject, id, source, at, status, announced, unreadableTimes, orders, ...facts } = observation;
  let after = withUnreadableTimes({ ...record, ...newest(record, facts) }, unreadableTimes);
  for (const proof of proofs(observation))
    after = reach(after, portfolioOrderLifecycle, id, proof, transitions);

  // Ties in first sight are broken by id, so that a child gets the same number from whichever copy of the snapshot.
  const children = [...orders].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const child of children) {
    const proof: Proof = {
      status: child.status,
      reached: { at: observation.updatedAt ?? at, by: 'snapshot' },
    };
    after = changeOrder(after, child.id, (order) =>
      reach(
        { ...(child.side !== undefined && { side: child.side }), ...order },
        orderLifecycle,
        child.id,
        proof,
        transitions,
      ),
    );
  }
  return after;
}

function applyOrder(order: OrderRow, observation: OrderObservation, transitions: Transition[]): OrderRow {
  const { subject, id, source, at, status, announced, unreadableTimes, executions, createdAt, ...facts } =
    observation;
  let after = withUnreadableTimes({ ...order, ...newest(order, facts) }, unreadableTimes);
  for (const proof of proofs(observation)) after = reach(after, orderLifecycle, id, proof, transitions);
  for (const execution of executions) {
    const snapshot: Reached = {
      at: execution.transactionTime ?? observation.updatedAt ?? at,
      by: 'snapshot',
    };
    after = changeExecution(after, execution, [{ status: execution.status, reached: snapshot }], transitions);
  }
  return after;
}

function changeExecution(
  order: OrderRow,
  { status, unreadableTimes, ...facts }: ExecutionFacts,
  statusProofs: Proof[],
  transitions: Transition[],
): OrderRow {
  const known = order.executions.find((execution) => execution.id === facts.id);
  // Executions carry no time of change: what is known stays, and gaps are filled (`upvest.md` 7).
  let after = withUnreadableTimes<ExecutionRow>({ reached: {}, ...facts, ...known }, unreadableTimes);
  for (const proof of statusProofs) after = reach(after, executionLifecycle, facts.id, proof, transitions);
  const executions = known
    ? order.executions.map((execution) => (execution === known ? after : execution))
    : [...order.executions, after].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...order, executions };
}

function applyRebalancing(
  record: PortfolioOrderRecord,
  { id, status, executionId, cancellationReason, cancellationDetails }: RebalancingObservation,
): PortfolioOrderRecord {
  const { rebalancing = [] } = record;
  const known = rebalancing.find((row) => row.id === id);
  const after: RebalancingRow = {
    ...(executionId !== undefined && { executionId }),
    ...(cancellationReason !== undefined && { cancellationReason }),
    ...(cancellationDetails !== undefined && { cancellationDetails }),
    ...known,
    id,
    statuses: union(known?.statuses, [status]),
  };
  const others = rebalancing.filter((row) => row !== known);
  return { ...record, rebalancing: [...others, after].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function withUnreadableTimes<R extends { unreadableTimes?: string[] }>(row: R, names: string[] = []): R {
  return names.length === 0 ? row : { ...row, unreadableTimes: union(row.unreadableTimes, names) };
}

/** Sorted, so that it does not matter who came first. */
function union(known: string[] = [], seen: string[]): string[] {
  return [...new Set([...known, ...seen])].sort();
}

function changeOrder(
  record: PortfolioOrderRecord,
  id: string,
  change: (order: OrderRow) => OrderRow,
): PortfolioOrderRecord {
  const known = record.orders.find((order) => order.id === id);
  const after = change(known ?? { id, number: record.orders.length + 1, reached: {}, executions: [] });
  const orders = known
    ? record.orders.map((order) => (order === known ? after : order))
    : [...record.orders, after];
  return { ...record, orders };
}

/**
 * The facts of the newer of two snapshots by `updated_at`; the older one only fills gaps. A snapshot without a time
 * counts as older.
 */
function newest<F extends { updatedAt?: string }>(known: { updatedAt?: string }, seen: F): Partial<F> {
  const present = Object.fromEntries(
    Object.entries<unknown>(seen).filter(([, value]) => value !== undefined),
  ) as Partial<F>;
  const isNewer = (seen.updatedAt ?? '') >= (known.updatedAt ?? '');
  if (isNewer) return present;
  const entries = Object.entries(present).filter(
    ([name]) => (known as Record<string, unknown>)[name] === undefined,
  );
  return Object.fromEntries(entries) as Partial<F>;
}
