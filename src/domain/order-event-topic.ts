/** What an OrderEvent reports, and which streams of them there are (`esw-order-event.md` 8.1). */
import type { ExecutionStatus, OrderStatus, PortfolioOrderStatus } from './lifecycle';

/**
 * Which streams a deployment sends: the portfolio order's; its children's, too; or their executions', too.
 */
export const EVENT_DETAILS = ['portfolio', 'orders', 'executions'] as const;
export type EventDetail = (typeof EVENT_DETAILS)[number];

/**
 * What ESW is told of a portfolio order: its statuses, and CLOSED, which says that the last execution of a cancelled one
 * has become final (8.7).
 */
export type PortfolioOrderState = PortfolioOrderStatus | 'CLOSED';

/** One transition of one subject: there is exactly one OrderEvent for it, whoever observes it. */
export type OrderEventTopic =
  | { subject: 'portfolio-order'; status: PortfolioOrderState }
  | { subject: 'order'; orderId: string; status: OrderStatus }
  | { subject: 'execution'; orderId: string; executionId: string; status: ExecutionStatus };

/** Names a topic within its portfolio order. */
export function topicKey(topic: OrderEventTopic): string {
  return `${subjectKey(topic)}|${topic.status}`;
}

/** Names what a topic speaks of. */
export function subjectKey(topic: OrderEventTopic): string {
  switch (topic.subject) {
    case 'portfolio-order':
      return topic.subject;
    case 'order':
      return topic.orderId;
    case 'execution':
      return `${topic.orderId}/${topic.executionId}`;
  }
}
