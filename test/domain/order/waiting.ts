/** Order states that wait for something, with policies of round numbers. */
import type { Observation } from '../../../src/domain/broker/observation';
import {
  drainInbox,
  initialState,
  withObservations,
  withPlacement,
} from '../../../src/domain/order/transitions';
import type { DeadlinePolicies, Policies } from '../../../src/domain/order-state/policies';
import { at, frozen, placement, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import type { OrderState } from '../../../src/domain/order-state/state';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The moment of placing: Monday, 2 March 2026, 10:00 in Berlin. */
export const T = Date.parse(at(0));

export const deadlines: DeadlinePolicies = {
  new: { askAfterMs: 15 * MINUTE, attentionAfter: { tradingDays: 1 } },
  processing: { askAfterMs: HOUR, attentionAfter: { tradingDays: 2 } },
  parts: { askAfterMs: 5 * MINUTE, attentionAfter: { tradingDays: 1 } },
  cancel: { askAfterMs: 2 * MINUTE, attentionAfter: { ms: 5 * MINUTE } },
  settlement: {
    cycles: [{ days: 2 }, { from: '2027-10-11', days: 1 }],
    time: '18:00',
    attentionAfter: { tradingDays: 1 },
  },
  quietMs: 5 * SECOND,
  slowestMs: 6 * HOUR,
  spreadMs: 0,
  amountTolerance: '5',
};
export const policies: Policies & { deadlines: DeadlinePolicies } = {
  placedGraceMs: MINUTE,
  predecessorGraceMs: 30 * SECOND,
  historyEventsPerRun: 1200,
  troubles: { eswAttentionAfterMs: 15 * MINUTE, upvestAttentionAfterMs: 15 * MINUTE },
  deadlines,
};

export function policiesWith(changed: Partial<DeadlinePolicies>): typeof policies {
  return { ...policies, deadlines: { ...deadlines, ...changed } };
}

export const placed = {
  reference: 'SP-1',
  requestedAt: at(0),
  observation: portfolioOrder('NEW', { source: placement, at: at(0), createdAt: at(0) }),
};

/** A placed order with these observations applied, and its recovery finished. */
export function placedState(...observations: Observation[]): OrderState {
  const fresh = initialState(PORTFOLIO_ORDER, T, policies, 'portfolio');
  const state = withObservations(withPlacement(fresh, placed, T), observations);
  return frozen({ ...drainInbox(state, T), recovery: 'recovered' });
}

/** An order of which nothing but these is known. */
export function adoptedState(...observations: Observation[]): OrderState {
  const state = withObservations(initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'), observations);
  return frozen({ ...drainInbox(state, T), recovery: 'recovered', adoptedAt: T });
}

/** As after ESW’s answers: everything pending was accepted. */
export function allAccepted(state: OrderState): OrderState {
  const accepted = state.emission.outbox.map(({ status }) => ({ status, id: `id-${status}`, at: at(9) }));
  return { ...state, emission: { ...state.emission, outbox: [], accepted } };
}

/** As after an answer of Upvest's: no pending event has to be reconciled first. */
export function asked(state: OrderState): OrderState {
  const outbox = state.emission.outbox.map((entry) => ({ ...entry, isChecked: true as const }));
  return { ...state, emission: { ...state.emission, outbox } };
}
