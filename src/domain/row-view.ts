/** Child orders and executions as people are shown them: without what only the joining of observations needs. */
import type { ExecutionRow, OrderRow, Reached } from './record';

/** When a status was reached and how that is known; the event behind it stands in the timeline. */
type ReachedView = Partial<Record<string, Pick<Reached, 'at' | 'by'>>>;

const INTERNAL = ['unknownSeen', 'unreadableSeen', 'older', 'shown', 'regression', 'toldAt'] as const;
type Internal = (typeof INTERNAL)[number] | 'reached';

export type ExecutionView = Omit<ExecutionRow, Internal> & { reached: ReachedView };
export type OrderView = Omit<OrderRow, Internal | 'executions'> & {
  reached: ReachedView;
  executions: ExecutionView[];
};

export function orderView(row: OrderRow): OrderView {
  return { ...shown(row), executions: row.executions.map(shown) };
}

function shown<R extends OrderRow | ExecutionRow>(row: R): Omit<R, Internal> & { reached: ReachedView } {
  const hidden: readonly string[] = INTERNAL;
  const entries: [string, unknown][] = Object.entries({ ...row });
  const facts = Object.fromEntries(entries.filter(([name]) => !hidden.includes(name))) as Omit<R, Internal>;
  const times = Object.entries<Reached>(row.reached).map(
    ([status, { at, by }]) => [status, { at, by }] as const,
  );
  return { ...facts, reached: Object.fromEntries(times) };
}
