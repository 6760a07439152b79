/** Orders that are open at Upvest when the coordinator is installed: they are adopted with the statuses that they have. */
import type { Observation } from '../broker/observation';
import { orderEventId } from '../order-event/ids';
import { topicOf, type EventDetail, type OrderEventTopic } from '../order-event/topic';
import { appendAudit } from '../order-state/audit-log';
import type { Policies } from '../order-state/policies';
import type { ImportedEmission, OrderState } from '../order-state/state';
import { applyInbox, initialState, withObservations } from '../order/transitions';

export interface ImportSettings {
  policies: Policies;
  emission: { tenantCode: string; detail: EventDetail };
}

/**
 * The state from which the workflow of an imported order begins. Statuses that the order has reached are no longer sent: with
 * `from-now` they count as sent by what was in charge before, with `none` nothing ever is.
 *
 * @param observations the portfolio order and all of its children, as they are read
 */
export function importedState(
  portfolioOrderId: string,
  observations: Observation[],
  emit: ImportedEmission,
  { policies, emission: { tenantCode, detail } }: ImportSettings,
  now: number,
): OrderState {
  const empty: OrderState = {
    ...initialState(portfolioOrderId, now, policies, detail),
    imported: { at: now, emit },
  };
  const { state } = applyInbox(withObservations(empty, observations), now);
  const { emission } = state;
  const at = new Date(now).toISOString();
  const text =
    emit === 'none'
      ? 'The order was imported; ESW is sent nothing of it'
      : `The order was imported; ESW is sent what follows on ${state.record.status ?? 'its status'}`;
  return {
    ...state,
    emission: {
      ...emission,
      outbox: [],
      accepted: emission.outbox.map((entry) => ({
        ...topicOf(entry),
        id: eventIdOf(tenantCode, portfolioOrderId, entry),
        at,
        isElsewhere: true as const,
      })),
    },
    adoptedAt: state.adoptedAt ?? now,
    // There is no predecessor: the order has never had a workflow.
    recovery: 'recovered',
    saving: { version: 0, staleSince: now, urgency: 'soon' },
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:imported', text }),
  };
}

/** As the event of this topic would have. */
function eventIdOf(
  tenantCode: string,
  portfolioOrderId: string,
  { status, orderId, executionId }: OrderEventTopic,
): string {
  if (orderId === undefined) return orderEventId(tenantCode, 'portfolio-order', portfolioOrderId, status);
  return executionId === undefined
    ? orderEventId(tenantCode, 'order', orderId, status)
    : orderEventId(tenantCode, 'execution', executionId, status);
}
