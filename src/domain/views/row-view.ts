/** Child orders and executions as the API shows them: without the fields that only merging needs. */
import { sourceOf, type Cause, type Execution, type ChildOrder, type StatusEvidence } from '../broker/record';

/** When a status was reached, and the source; the timeline has the event. */
type ReachedView = Partial<Record<string, Pick<Cause, 'at' | 'by'>>>;

const INTERNAL = [
  'unknownSeen',
  'unreadableSeen',
  'unreadableAmountSeen',
  'fieldTimes',
  'snapshot',
  'statusRegression',
  'reportedAt',
] as const;
type Internal = (typeof INTERNAL)[number] | 'reached';

export type ExecutionView = Omit<Execution, Internal> & { reached: ReachedView };
export type OrderView = Omit<ChildOrder, Internal | 'executions'> & {
  reached: ReachedView;
  executions: ExecutionView[];
};

export function orderView(row: ChildOrder): OrderView {
  return { ...publicPart(row), executions: row.executions.map(publicPart) };
}

function publicPart<R extends ChildOrder | Execution>(row: R): Omit<R, Internal> & { reached: ReachedView } {
  const hidden: readonly string[] = INTERNAL;
  const entries: [string, unknown][] = Object.entries({ ...row });
  const facts = Object.fromEntries(entries.filter(([name]) => !hidden.includes(name))) as Omit<R, Internal>;
  const times = Object.entries<StatusEvidence>(row.reached).map(
    ([status, evidence]) => [status, { at: evidence.at, by: sourceOf(evidence) }] as const,
  );
  return { ...facts, reached: Object.fromEntries(times) };
}
