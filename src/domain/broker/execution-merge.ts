/** Merges execution data from the execution's own events and from snapshots of its order. */
import { EXECUTION_FACTS, EPOCH, withFacts } from './field-merge';
import { sortLast, withReports } from './rows';
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

/** How and when executions were reported. */
interface ExecutionReport {
  /** True when it comes from a snapshot that shows its order FILLED: such a snapshot lists all executions. */
  isListed: boolean;
  evidenceFor: (facts: ExecutionFacts) => Evidence[];
  reportedAt: string;
  cause: Cause;
  unreadableTimes?: string[] | undefined;
}

/** The order with these executions added or updated. */
export function withExecutions(
  order: ChildOrder,
  reported: readonly ExecutionFacts[],
  report: ExecutionReport,
  transitions: Transition[],
): ChildOrder {
  const executions = withReports(order.executions, reported, (known, facts) =>
    mergeExecution(order.id, known, facts, report, transitions),
  );
  const added = executions.length - order.executions.length;
  if (added === 1) sortLast(executions);
  else if (added > 1) executions.sort((a, b) => (a.id < b.id ? -1 : 1));
  return executions === order.executions ? order : { ...order, executions };
}

function mergeExecution(
  orderId: string,
  known: Execution | undefined,
  facts: ExecutionFacts,
  report: ExecutionReport,
  transitions: Transition[],
): Execution {
  const { id, cashAmount, currency, shareQuantity, price } = facts;
  const before: Execution = known
    ? { ...known, reportedAt: fieldsReportedAt(known) }
    : { id, cashAmount, currency, shareQuantity, price, unlisted: true, reached: {} };
  const unreadable = union(facts.unreadableTimes, report.unreadableTimes ?? []);
  const owner = { orderId, executionId: id };
  let after = withUnreadableTimes(
    withFacts(before, EXECUTION_FACTS, facts, report.reportedAt),
    unreadable,
    report.cause,
  );
  for (const evidence of report.evidenceFor(facts))
    after = recordEvidence(after, executionLifecycle, owner, evidence, transitions);
  if (after.reportedAt === newestEvidenceTime(after)) delete after.reportedAt;
  if (report.isListed) delete after.unlisted;
  return after;
}
