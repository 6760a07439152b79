/** Lives that wait for something, with policies of round numbers. */
import type { Observation } from '../../src/domain/observation';
import {
  drainInbox,
  newLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../../src/domain/order-life';
import type { DeadlinePolicies, Policies } from '../../src/domain/policies';
import { at, frozen, placement, PORTFOLIO_ORDER, portfolioOrder } from './samples';

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

/** A placed order of which these were told, all of it applied; `past` is known. */
export function placedLife(...observations: Observation[]): OrderLife {
  const fresh = newLife(PORTFOLIO_ORDER, T, policies);
  const life = withObservations(withPlaced(fresh, placed, T), observations);
  return frozen({ ...drainInbox(life, T), past: 'known' });
}

/** An order of which nothing but these is known. */
export function adoptedLife(...observations: Observation[]): OrderLife {
  const life = withObservations(newLife(PORTFOLIO_ORDER, T, policies), observations);
  return frozen({ ...drainInbox(life, T), past: 'known', adoptedAt: T });
}

/** As after ESW’s answers: everything owed was accepted. */
export function allAccepted(life: OrderLife): OrderLife {
  const accepted = life.emission.outbox.map(({ status }) => ({ status, id: `id-${status}`, at: at(9) }));
  return { ...life, emission: { ...life.emission, outbox: [], accepted } };
}
