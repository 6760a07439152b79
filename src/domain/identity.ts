/** Who an order is: placed by a client of ours, or adopted from the broker. Until that is known nothing is emitted. */
import { noted } from './journal';
import type { OrderLife } from './order-life';
import type { PortfolioOrderRecord } from './record';

/** Who the order is to ESW: still open, placed by us, or adopted from the broker. */
export function identityOf(life: OrderLife): 'open' | 'placed' | 'adopted' {
  if (life.placed !== undefined) return 'placed';
  return life.adoptedAt === undefined ? 'open' : 'adopted';
}

/**
 * True when the order certainly was not placed by a client of ours: the broker started it itself (`upvest.md` 4.1). A
 * missing flow is treated like API.
 */
export function wasStartedByBroker(record: PortfolioOrderRecord): boolean {
  return record.initiationFlow !== undefined && record.initiationFlow !== 'API';
}

/**
 * True when something of the portfolio order itself is to be emitted, and nobody has claimed it. What is owed of children
 * alone does not count: it waits for the portfolio order's first event, and only with that one are account and amount
 * known, by which a placement is found.
 */
export function waitsForPlacement(life: OrderLife): boolean {
  return identityOf(life) === 'open' && life.emission.outbox.some(({ orderId }) => orderId === undefined);
}

/** True when an order that waits for its placement has waited for its grace time. */
export function needsPlacementAnswer(life: OrderLife, now: number): boolean {
  return waitsForPlacement(life) && now >= life.askForPlacementAt;
}

/** Takes up the answer: while a placement is under way it is asked again later, otherwise the order is adopted. */
export function withPlacementAnswer(
  life: OrderLife,
  underWay: boolean,
  now: number,
  graceMs: number,
): OrderLife {
  return underWay ? { ...life, askForPlacementAt: now + graceMs } : withAdoption(life, now);
}

/** Takes the order for one that nobody placed here. */
export function withAdoption(life: OrderLife, now: number): OrderLife {
  const text = 'Nobody placed the order here';
  return { ...life, adoptedAt: now, journal: noted(life.journal, now, { rule: 'placement:adopted', text }) };
}
