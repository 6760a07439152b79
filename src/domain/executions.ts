/** How what is told of an execution, by its own events or inside its order, is joined into its order's row. */
import { EXECUTION_FACTS, UNDATED, withFacts } from './facts';
import { executionLifecycle } from './lifecycle';
import type { ExecutionFacts, ExecutionObservation, OrderObservation } from './observation';
import { reach, union, withUnreadableTimes, type Proof, type Transition } from './reach';
import type { Cause, ExecutionRow, OrderRow } from './record';

/**
 * When the newest facts of an execution were told. Mostly that was with its newest proof, and then it is not stored: it
 * would be the largest member of most rows. For records of older code, which never stored it, that is a good guess.
 */
export function factsToldAt(row: ExecutionRow): string {
  return row.toldAt ?? newestProof(row) ?? UNDATED;
}

function newestProof({ reached }: ExecutionRow): string | undefined {
  return Object.values(reached)
    .map(({ at }) => at)
    .sort()
    .at(-1);
}

/**
 * The time at which facts of executions were told, which carry none themselves. A read is newer than the order's last
 * change: a changed settlement date need not touch the order's `updated_at`.
 */
export function toldAt(observation: OrderObservation | ExecutionObservation): string {
  const { source, at } = observation;
  const updatedAt = observation.subject === 'order' ? observation.updatedAt : undefined;
  const readAt = source.kind === 'poll' ? source.readAt : undefined;
  return readAt ?? updatedAt ?? at;
}

interface ToldOfExecution {
  /** True when a snapshot of its order tells it and shows the order FILLED: such a snapshot lists all executions. */
  isListed: boolean;
  proofs: Proof[];
  toldAt: string;
  cause: Cause;
  unreadableTimes?: string[] | undefined;
}

export function changeExecution(
  order: OrderRow,
  facts: ExecutionFacts,
  told: ToldOfExecution,
  transitions: Transition[],
): OrderRow {
  const { id, cashAmount, currency, shareQuantity, price } = facts;
  const known = order.executions.find((execution) => execution.id === id);
  const row: ExecutionRow = known
    ? { ...known, toldAt: factsToldAt(known) }
    : { id, cashAmount, currency, shareQuantity, price, unlisted: true, reached: {} };
  const unreadable = union(facts.unreadableTimes, told.unreadableTimes ?? []);
  let after = withUnreadableTimes(
    withFacts(row, EXECUTION_FACTS, facts, told.toldAt),
    unreadable,
    told.cause,
  );
  for (const proof of told.proofs) after = reach(after, executionLifecycle, id, proof, transitions);
  if (after.toldAt === newestProof(after)) delete after.toldAt;
  if (told.isListed) delete after.unlisted;
  const executions = known
    ? order.executions.map((execution) => (execution === known ? after : execution))
    : [...order.executions, after].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...order, executions };
}
