/** Topics and streams of OrderEvents (references/esw.md#streams). */
import type { ExecutionStatus, OrderStatus, PortfolioOrderStatus } from '../broker/status-tables';

/** The streams that a deployment sends: portfolio order only; plus children; plus executions. */
export const EVENT_DETAILS = ['portfolio', 'orders', 'executions'] as const;
export type EventDetail = (typeof EVENT_DETAILS)[number];

/**
 * The states of a portfolio order that are sent to ESW: its statuses, and CLOSED when the last execution of a cancelled
 * order is final (references/esw.md#order-of-events).
 */
export type PortfolioOrderState = PortfolioOrderStatus | 'CLOSED';

/** One transition of one subject. Each has exactly one OrderEvent, however it was observed. */
export type OrderEventTopic =
  | { subject: 'portfolio-order'; status: PortfolioOrderState }
  | { subject: 'order'; orderId: string; status: OrderStatus }
  | { subject: 'execution'; orderId: string; executionId: string; status: ExecutionStatus };

/** Key of a topic, unique within its portfolio order. */
export function topicKey(topic: OrderEventTopic): string {
  return `${subjectKey(topic)}|${topic.status}`;
}

/** Key of a topic's subject, unique within its portfolio order. */
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
