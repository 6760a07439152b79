/** Merges execution data from the execution's own events and from snapshots of its order. */
import { EXECUTION_FACTS, EPOCH, withFacts } from './field-merge';
import { executionLifecycle } from './status-tables';
import type { ExecutionFacts, ExecutionObservation, OrderObservation } from './observation';
import { recordEvidence, union, withUnreadableTimes, type Evidence, type Transition } from './status-merge';
import type { Cause, Execution, ChildOrder } from './record';

/**
 * Time of the newest report of an execution's fields. Mostly equal to the time of its newest status evidence; then it is
 * not stored, because it would be the largest member of most executions. Older records lack it altogether, and the same
 * time is the best estimate.
 */
export function fieldsReportedAt(execution: Execution): string {
  return execution.reportedAt ?? newestEvidenceTime(execution) ?? EPOCH;
}

function newestEvidenceTime({ reached }: Execution): string | undefined {
  return Object.values(reached)
    .map(({ at }) => at)
    .sort()
    .at(-1);
}

/**
 * Time of a report of an execution, which carries none itself. For a read it is the time of the read, not the order's
 * `updated_at`, which need not move when a settlement date changes.
 */
export function reportedAt(observation: OrderObservation | ExecutionObservation): string {
  const { source, at } = observation;
  const updatedAt = observation.subject === 'order' ? observation.updatedAt : undefined;
  const readAt = source.kind === 'poll' ? source.readAt : undefined;
  return readAt ?? updatedAt ?? at;
}

/** How and when an execution was reported. */
interface ExecutionReport {
  /** True when it comes from a snapshot that shows its order FILLED: such a snapshot lists all executions. */
  isListed: boolean;
  evidence: Evidence[];
  reportedAt: string;
  cause: Cause;
  unreadableTimes?: string[] | undefined;
}

/** The order with one of its executions added or updated. */
export function changeExecution(
  order: ChildOrder,
  facts: ExecutionFacts,
  report: ExecutionReport,
  transitions: Transition[],
): ChildOrder {
  const { id, cashAmount, currency, shareQuantity, price } = facts;
  const known = order.executions.find((execution) => execution.id === id);
  const before: Execution = known
    ? { ...known, reportedAt: fieldsReportedAt(known) }
    : { id, cashAmount, currency, shareQuantity, price, unlisted: true, reached: {} };
  const unreadable = union(facts.unreadableTimes, report.unreadableTimes ?? []);
  const owner = { orderId: order.id, executionId: id };
  let after = withUnreadableTimes(
    withFacts(before, EXECUTION_FACTS, facts, report.reportedAt),
    unreadable,
    report.cause,
  );
  for (const evidence of report.evidence)
    after = recordEvidence(after, executionLifecycle, owner, evidence, transitions);
  if (after.reportedAt === newestEvidenceTime(after)) delete after.reportedAt;
  if (report.isListed) delete after.unlisted;
  const executions = known
    ? order.executions.map((execution) => (execution === known ? after : execution))
    : [...order.executions, after].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...order, executions };
}
