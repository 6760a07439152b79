/**
 * The transitions of one child order and its executions in the order in which ESW is told of them: as the broker's clock
 * has them, but never a status before those that come earlier on its subject's way, and no execution before its order.
 */
import { executionLifecycle, orderLifecycle, type Lifecycle } from './lifecycle';
import type { OrderEventTopic } from './order-event-topic';
import type { OrderRow, Reached, Row } from './record';

export type ChildTopic = Exclude<OrderEventTopic, { subject: 'portfolio-order' }>;

export interface ChildStep {
  topic: ChildTopic;
  reached: Reached;
}

/** Where times are equal: an execution is made before its order is filled, and settles afterwards. */
const PLACE: Record<string, number> = {
  'order|NEW': 0,
  'order|PROCESSING': 1,
  'execution|FILLED': 2,
  'order|CANCELLED': 3,
  'order|FILLED': 4,
  'execution|SETTLED': 5,
  'execution|CANCELLED': 6,
};

/** @param withExecutions whether executions have events of their own */
export function childSteps(order: OrderRow, withExecutions: boolean): ChildStep[] {
  const own = inTurn(orderLifecycle, order, '').map(({ status, ...rest }) => ({
    ...rest,
    topic: { subject: 'order' as const, orderId: order.id, status },
  }));
  const start = own[0]?.since ?? '';
  const ofExecutions = withExecutions ? order.executions : [];
  const others = ofExecutions.flatMap((execution) =>
    inTurn(executionLifecycle, execution, start).map(({ status, ...rest }) => ({
      ...rest,
      topic: { subject: 'execution' as const, orderId: order.id, executionId: execution.id, status },
    })),
  );
  return [...own, ...others]
    .sort((a, b) => compare(a.since, b.since) || place(a.topic) - place(b.topic))
    .map(({ topic, reached }) => ({ topic, reached }));
}

/** The statuses that a row has reached, in rank order; `since` is their time, or that of an earlier one if it is later. */
function inTurn<S extends string>(
  lifecycle: Lifecycle<S>,
  row: Row<S>,
  start: string,
): { status: S; reached: Reached; since: string }[] {
  let since = start;
  return lifecycle.statuses.flatMap((status) => {
    const reached: Reached | undefined = row.reached[status];
    if (reached === undefined) return [];
    if (reached.at > since) since = reached.at;
    return [{ status, reached, since }];
  });
}

function place({ subject, status }: ChildTopic): number {
  return PLACE[`${subject}|${status}`] ?? 0;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
