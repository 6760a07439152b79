/** The timeline of a placement: from the client's request to Upvest's answer, or an operator's decision. */
import type { PlacementProblem } from '../broker/problem';
import { refusalText } from '../broker/problem';
import type { AuditEntry } from '../order-state/audit-log';
import type { TimelineEntry } from './timeline';

/** What is read of a placement's view. */
interface Placement {
  requestedAt: string;
  phase: string;
  portfolioOrderId?: string;
  problem?: PlacementProblem;
  steps?: AuditEntry[];
}

/** The first step. @param requestedAt ISO 8601 UTC */
export function placementSteps(requestedAt: string): AuditEntry[] {
  return [{ at: requestedAt, rule: 'placement:requested', text: 'A client requested the order' }];
}

/** The step that ends a placement without an order. */
export function rejectionStep(problem: PlacementProblem): Omit<AuditEntry, 'at'> {
  const text = refusalText(problem);
  return { rule: 'placement:rejected', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}` };
}

/**
 * The steps of a placement of older code, which did not record them.
 *
 * @param closedAt when its workflow ended, ISO 8601 UTC
 */
export function stepsOf(
  { requestedAt, phase, portfolioOrderId, problem }: Placement,
  closedAt: string | undefined,
): AuditEntry[] {
  const steps = placementSteps(requestedAt);
  const end = (rule: AuditEntry['rule'], text: string): AuditEntry[] => [
    ...steps,
    { at: closedAt ?? requestedAt, rule, text },
  ];
  if (phase === 'REFUSED' && problem !== undefined) {
    const { rule, text } = rejectionStep(problem);
    return end(rule, text);
  }
  if (phase === 'NOT_PLACED')
    return end('placement:identified', 'An operator decided that there is no order');
  if (portfolioOrderId !== undefined)
    return end('placement:placed', `Upvest has the order as ${portfolioOrderId}`);
  return steps;
}

/** When Upvest rejected the order; undefined where it did not. */
export function rejectedAt({ steps = [] }: Pick<Placement, 'steps'>): string | undefined {
  return steps.find(({ rule }) => rule === 'placement:rejected')?.at;
}

export function placementTimeline(reference: string, steps: AuditEntry[]): TimelineEntry[] {
  return steps.map((step) => ({
    ...step,
    source: sourceOf(step),
    subject: 'placement',
    id: reference,
  }));
}

function sourceOf({ rule, actor }: AuditEntry): TimelineEntry['source'] {
  if (actor !== undefined) return 'operator';
  return rule === 'placement:rejected' || rule === 'placement:placed' ? 'placement' : 'coordinator';
}
