/**
 * Which events of a batch may be on their way to ESW together (references/esw.md#order-of-events): each child with its
 * executions is a partition, and so is the portfolio order itself. Within a partition one event follows the other's answer.
 */
import { isEnding } from '../order-event/correction';
import type { OrderEventTopic } from '../order-event/topic';
import type { Emission } from './outbox';

/** Where an event stands in its batch. */
export interface PartitionPosition {
  /** Id of the child order; absent for the portfolio order's own events. */
  partition?: string;
  /** True for an event that follows the answers to all events before it; those after it follow these answers, too. */
  isBarrier?: true;
}

/** True for an event of the portfolio order that reports its children's fills. */
export function followsChildren(topic: Pick<OrderEventTopic, 'orderId' | 'status'>): boolean {
  return topic.orderId === undefined && (topic.status === 'FILLED' || isEnding(topic));
}

/** The positions of a batch in flight, whose events are in the order in which ESW must see them. */
export function positionsOf({ inFlight, accepted, refused, skipped = [] }: Emission): PartitionPosition[] {
  const isOwn = ({ orderId }: { orderId?: string | undefined }): boolean => orderId === undefined;
  let isKnownToSink = [...accepted, ...refused, ...skipped].some(isOwn);
  /** The events since the last one that followed all. */
  let together = { first: false, children: false, closing: false };
  return inFlight.map((event) => {
    const isClosing = followsChildren(event);
    const isBarrier =
      together.first || (isClosing && together.children) || (!isOwn(event) && together.closing);
    if (isBarrier) together = { first: false, children: false, closing: false };
    if (isOwn(event)) {
      // ESW has to know the order before its children.
      if (!isKnownToSink) together.first = true;
      isKnownToSink = true;
      if (isClosing) together.closing = true;
    } else together.children = true;
    return {
      ...(event.orderId !== undefined && { partition: event.orderId }),
      ...(isBarrier && { isBarrier: true as const }),
    };
  });
}
