/** The origin of an order: placed by a client of this coordinator, or adopted. Nothing is emitted before it is known. */
import { appendAudit } from '../order-state/audit-log';
import { withTrouble } from './troubles';
import type { Policies } from '../order-state/policies';
import type { PortfolioOrderRecord } from '../broker/record';
import type { OrderState } from '../order-state/state';

/** Undetermined (`open`), placed by a client of this coordinator, or adopted. The values are those of the API. */
export function originOf(state: OrderState): 'open' | 'placed' | 'adopted' {
  if (state.placed !== undefined) return 'placed';
  return state.adoptedAt === undefined ? 'open' : 'adopted';
}

/**
 * True if Upvest certainly started the order by itself (references/upvest.md#portfolio-order). A
 * missing flow counts as API.
 */
export function wasStartedByBroker(record: PortfolioOrderRecord): boolean {
  return record.initiationFlow !== undefined && record.initiationFlow !== 'API';
}

/**
 * True if an event of the portfolio order itself has to be emitted and the origin is undetermined. Entries of children
 * alone do not count: they wait for the portfolio order's first event, and only its observation has account and amount,
 * by which a placement is found.
 */
export function awaitsPlacement(state: OrderState): boolean {
  return originOf(state) === 'open' && state.emission.outbox.some(({ orderId }) => orderId === undefined);
}

/** True if an order that awaits its placement has waited for the grace time. */
export function isPlacementCheckDue(state: OrderState, now: number): boolean {
  return awaitsPlacement(state) && state.recovery !== 'recovering' && now >= state.placementCheckAt;
}

/**
 * Applies the result of the check: while a placement is under way check again later, otherwise adopt the order.
 *
 * @param underWay why it may be; false if no placement is
 */
export function withPlacementCheck(
  state: OrderState,
  underWay: string | false,
  now: number,
  policies: Policies,
): OrderState {
  if (underWay === false) return withAdoption(state, now);
  const placementCheckAt = now + policies.placedGraceMs;
  const began = Math.min(now, ...state.emission.outbox.map(({ seenAt }) => seenAt));
  const failed = { kind: 'placement' as const, cause: underWay, began, now, nextTryAt: placementCheckAt };
  return withTrouble({ ...state, placementCheckAt }, failed, policies);
}

/**
 * Records the placement that made a finished order. ESW has the order under the reference by which it was sent, so
 * an operator decides what is left to do.
 *
 * @returns the same state if the placement is known
 */
export function withLatePlacement(state: OrderState, reference: string, now: number): OrderState {
  const { placed, placedAfterFinish } = state;
  if (placed?.reference === reference || placedAfterFinish?.reference === reference) return state;
  const text = `The order had finished when the placement ${reference} turned out to have made it`;
  return {
    ...state,
    run: state.run + 1,
    placedAfterFinish: { reference, at: now },
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:placed', text }),
  };
}

/** More placements of one order than this say no more. */
const MAX_FURTHER = 10;

/**
 * Notes that another placement took the order for its own, as when two equal requests had no answer and each found the same order.
 * One of them has no order, so an operator decides.
 *
 * @returns the same state if the placement is known, and for runs of earlier revisions
 */
export function withFurtherPlacement(state: OrderState, reference: string, now: number): OrderState {
  const { placed, placedAgain = [], revision = 0 } = state;
  const isKnown = [placed, ...placedAgain].some((one) => one?.reference === reference);
  if (isKnown || revision < 5 || placedAgain.length === MAX_FURTHER) return state;
  const text = `The placement ${reference} took the order for its own, too`;
  return {
    ...state,
    placedAgain: [...placedAgain, { reference, at: now }],
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:placed', text }),
  };
}

/** Adopts the order. */
export function withAdoption(state: OrderState, now: number): OrderState {
  const text = 'No placement of this coordinator made the order';
  return {
    ...state,
    adoptedAt: now,
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:adopted', text }),
  };
}
