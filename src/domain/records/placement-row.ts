/** A placement as the records database keeps it: without the user id. */
import type { PlacementProblem } from '../broker/problem';
import { placementName, type PortfolioOrderRequest } from '../broker/placement';
import { appendAudit, type AuditEntry } from '../order-state/audit-log';
import type { OrderAction } from '../operator/order-action';
import { placementSteps, rejectionStep } from '../views/placement-steps';

interface Requested {
  reference: string;
  attempt: number;
  request: PortfolioOrderRequest;
  /** ISO 8601 UTC. */
  requestedAt: string;
  previous?: string;
  correctionOf?: string;
}

/** What every view of a placement has. */
export interface FirstView {
  reference: string;
  request: PortfolioOrderRequest;
  requestedAt: string;
  phase: 'PLACING';
  attempt?: number;
  previous?: string;
  steps: AuditEntry[];
  correctionOf?: string;
  waitingFor: string;
}

/** The view of a placement that begins. */
export function firstView({
  reference,
  attempt,
  request,
  requestedAt,
  previous,
  correctionOf,
}: Requested): FirstView {
  return {
    reference: placementName(reference, attempt),
    request,
    requestedAt,
    phase: 'PLACING',
    ...(attempt > 1 && { attempt }),
    ...(previous !== undefined && { previous }),
    steps: placementSteps(requestedAt),
    ...(correctionOf !== undefined && { correctionOf }),
    waitingFor: 'Upvest to answer the POST.',
  };
}

/** The step that ends a placement with its order. */
export function placedStep(portfolioOrderId: string): Omit<AuditEntry, 'at'> {
  return { rule: 'placement:placed', text: `Upvest has the order as ${portfolioOrderId}` };
}

export interface PlacedView extends Omit<FirstView, 'phase'> {
  phase: 'PLACED';
  portfolioOrderId: string;
  actions: OrderAction[];
}

export interface RefusedView extends Omit<FirstView, 'phase'> {
  phase: 'REFUSED';
  problem: PlacementProblem;
  actions: OrderAction[];
}

/** The last view of a placement that Upvest's first answer ended with an order. @param at milliseconds since the epoch */
export function placedView(requested: Requested, portfolioOrderId: string, at: number): PlacedView {
  const view = firstView(requested);
  return {
    ...view,
    phase: 'PLACED',
    steps: appendAudit(view.steps, at, placedStep(portfolioOrderId)),
    waitingFor: PLACED_WAITING_FOR,
    portfolioOrderId,
    actions: [],
  };
}

export const PLACED_WAITING_FOR = 'Nothing: the order has its own workflow.';

/** The last view of a placement that Upvest's first answer ended without an order. @param at milliseconds since the epoch */
export function refusedView(requested: Requested, problem: PlacementProblem, at: number): RefusedView {
  const view = firstView(requested);
  return {
    ...view,
    phase: 'REFUSED',
    steps: appendAudit(view.steps, at, rejectionStep(problem)),
    waitingFor: refusedWaitingFor(problem),
    problem,
    actions: [],
  };
}

export function refusedWaitingFor({ retryable }: PlacementProblem): string {
  const why = retryable
    ? 'no attempt got through within the hour, and nothing was placed. The request may be sent again'
    : 'Upvest rejected the order';
  return `Nothing: ${why}.`;
}
