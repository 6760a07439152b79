/** Topics and streams of OrderEvents (references/esw.md#streams). */
import type { ExecutionStatus, OrderStatus, PortfolioOrderStatus } from '../broker/status-tables';

/** The streams that a deployment sends: portfolio order only; plus children; plus executions. */
export const EVENT_DETAILS = ['portfolio', 'orders', 'executions'] as const;
export type EventDetail = (typeof EVENT_DETAILS)[number];

/**
 * The states of a portfolio order that are sent to ESW: its statuses, and CLOSED when the last execution of a cancelled
 * order is final (references/esw.md#order-of-events).
 */
export type PortfolioOrderState = PortfolioOrderStatus | 'CLOSED' | CorrectionState;

/** The first, second … correction of the reported end. */
export type CorrectionState = `CORRECTED-${number}`;

/**
 * A status that the portfolio order, one of its orders or an execution reached; the ids say whose. Each topic has exactly
 * one OrderEvent, however it was observed.
 */
export type OrderEventTopic =
  | { status: PortfolioOrderState; orderId?: undefined; executionId?: undefined }
  | { status: OrderStatus; orderId: string; executionId?: undefined }
  | { status: ExecutionStatus; orderId: string; executionId: string };

/** The topic of an object with more members. */
export function topicOf({ status, orderId, executionId }: OrderEventTopic): OrderEventTopic {
  return {
    status,
    ...(orderId !== undefined && { orderId }),
    ...(executionId !== undefined && { executionId }),
  } as OrderEventTopic;
}

/** Key of a topic, unique within its portfolio order. */
export function topicKey(topic: OrderEventTopic): string {
  return `${subjectKey(topic)}|${topic.status}`;
}

/** Key of a topic's subject, unique within its portfolio order. */
export function subjectKey(topic: OrderEventTopic): string {
  if (topic.orderId === undefined) return 'portfolio-order';
  return topic.executionId === undefined ? topic.orderId : `${topic.orderId}/${topic.executionId}`;
}
