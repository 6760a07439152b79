/**
 * The transitions of one child order and its executions in emission order: by broker time, but never out of lifecycle order
 * and no execution before the first status of its order.
 */
import { executionLifecycle, orderLifecycle, type Lifecycle } from '../broker/status-tables';
import type { OrderEventTopic } from './topic';
import type { ChildOrder, StatusEvidence, Entity } from '../broker/record';

export type ChildTopic = Exclude<OrderEventTopic, { orderId?: undefined }>;

export interface ChildStep {
  topic: ChildTopic;
  reached: StatusEvidence;
}

/** Order at equal times: executions are filled before their order is, and settle afterwards. */
const TIE_ORDER: Record<string, number> = {
  'order|NEW': 0,
  'order|PROCESSING': 1,
  'execution|FILLED': 2,
  'order|CANCELLED': 3,
  'order|FILLED': 4,
  'execution|SETTLED': 5,
  'execution|CANCELLED': 6,
};

/** @param withExecutions true when executions have events of their own */
export function childSteps(order: ChildOrder, withExecutions: boolean): ChildStep[] {
  const own = reachedInOrder(orderLifecycle, order, '').map(({ status, ...rest }) => ({
    ...rest,
    topic: { orderId: order.id, status },
  }));
  const start = own[0]?.since ?? '';
  const ofExecutions = withExecutions ? order.executions : [];
  const others = ofExecutions.flatMap((execution) =>
    reachedInOrder(executionLifecycle, execution, start).map(({ status, ...rest }) => ({
      ...rest,
      topic: { orderId: order.id, executionId: execution.id, status },
    })),
  );
  return [...own, ...others]
    .sort((a, b) => compare(a.since, b.since) || tieOrder(a.topic) - tieOrder(b.topic))
    .map(({ topic, reached }) => ({ topic, reached }));
}

/** The reached statuses in rank order; `since` is the latest time among the status and those before it. */
function reachedInOrder<S extends string>(
  lifecycle: Lifecycle<S>,
  entity: Entity<S>,
  start: string,
): { status: S; reached: StatusEvidence; since: string }[] {
  let since = start;
  return lifecycle.statuses.flatMap((status) => {
    const reached: StatusEvidence | undefined = entity.reached[status];
    if (reached === undefined) return [];
    if (reached.at > since) since = reached.at;
    return [{ status, reached, since }];
  });
}

function tieOrder({ executionId, status }: ChildTopic): number {
  return TIE_ORDER[`${executionId === undefined ? 'order' : 'execution'}|${status}`] ?? 0;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
