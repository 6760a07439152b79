import { isEnding } from '../order-event/correction';
import { subjectKey, type OrderEventTopic } from '../order-event/topic';
import { sequenceOf, type Emission } from './outbox';

/**
 * The last event that ESW accepted although this one belongs before it: sent now, the event would arrive out of order
 * (references/esw.md#order-of-events). Undefined while it would still be in order.
 */
export function overtakenBy({ accepted }: Emission, event: OrderEventTopic): OrderEventTopic | undefined {
  return accepted.findLast((later) => belongsBefore(event, later));
}

function belongsBefore(event: OrderEventTopic, later: OrderEventTopic): boolean {
  if (subjectKey(event) === subjectKey(later)) return sequenceOf(event) < sequenceOf(later);
  if (event.orderId === undefined) return later.orderId !== undefined && event.status === 'NEW';
  // Executions may settle after the portfolio order's FILLED.
  const isBeforeFill = event.executionId === undefined || event.status === 'FILLED';
  return later.orderId === undefined && (isEnding(later) || (later.status === 'FILLED' && isBeforeFill));
}
