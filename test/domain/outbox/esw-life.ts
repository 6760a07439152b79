/** Plays an order against an ESW that accepts everything, with batches at chosen moments between the reports. */
import { buildOrderEvent, type EmissionSettings } from '../../../src/domain/order-event/build';
import type { OrderEventBody } from '../../../src/domain/order-event/body';
import { topicOf, type EventDetail } from '../../../src/domain/order-event/topic';
import { dispatchPlan, withBatch, withResults } from '../../../src/domain/order/emission';
import { drainInbox, initialState, withObservations } from '../../../src/domain/order/transitions';
import type { Observation } from '../../../src/domain/broker/observation';
import type { OrderState } from '../../../src/domain/order-state/state';
import { asked, policies } from '../order/waiting';
import { PORTFOLIO_ORDER } from '../samples';

const settings: EmissionSettings = { tenantCode: 'PFOLIO', actor: 'us', detail: 'orders' };

export interface EswLife {
  state: OrderState;
  /** What ESW received, in order. */
  received: OrderEventBody[];
}

export function emptyLife(detail: EventDetail): EswLife {
  const state = initialState(PORTFOLIO_ORDER, 0, policies, detail);
  return { state: { ...state, adoptedAt: 0, recovery: 'recovered' }, received: [] };
}

/** The life after these reports, without sending. */
export function reported({ state, received }: EswLife, observations: Observation[], now = 0): EswLife {
  return { received, state: drainInbox(withObservations(state, observations), now) };
}

/** Sends what is ready, as one batch. */
export function sent({ state, received }: EswLife, now: number): EswLife {
  const { record, emission } = state;
  const batch = dispatchPlan(state, now, policies).ready.map((entry) => ({
    ...topicOf(entry),
    ...buildOrderEvent({
      record,
      topic: topicOf(entry),
      brandOrderReference: 'SP-1',
      workflowId: 'portfolio-order/1',
      settings: { ...settings, detail: emission.detail },
    }),
  }));
  const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  const bodies = batch.map(({ body }) => JSON.parse(body) as OrderEventBody);
  return {
    state: withResults(withBatch(state, batch, 'SP-1'), results, now),
    received: [...received, ...bodies],
  };
}

/** Everything is sent: grace times are over, and Upvest was asked for what is missing. */
export function completed(life: EswLife, now: number): EswLife {
  const before = life.state.emission.outbox.length;
  const after = sent({ ...life, state: asked(life.state) }, now);
  return after.state.emission.outbox.length === before ? after : completed(after, now);
}

/** The events of the portfolio order itself. */
export function ownEvents({ received }: EswLife): OrderEventBody[] {
  return received.filter(({ parentBrandOrderReference }) => parentBrandOrderReference === undefined);
}
