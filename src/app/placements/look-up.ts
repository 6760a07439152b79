/** The input of a placement that Temporal has lost: its order is looked up at Upvest, and never placed again. */
import { appendAudit } from '../../domain/order-state/audit-log';
import { firstView } from '../../domain/records/placement-row';
import type { Registered } from '../ports/registry';
import type { LookUp, PlacePortfolioOrderInput } from '../../../contracts/placement';

export function lookUpOf(
  input: PlacePortfolioOrderInput,
  { view, requestedAt = input.requestedAt, postedAt, deployment }: Registered,
): PlacePortfolioOrderInput {
  const placement = { ...input, requestedAt, ...(deployment !== undefined && { deployment }) };
  const begun = firstView(placement);
  const lookUp: LookUp = {
    view: {
      ...begun,
      phase: 'UNKNOWN',
      steps: appendAudit(view?.steps ?? begun.steps, Date.now(), {
        rule: 'placement:unknown',
        text: 'Temporal no longer has the placement: the order is looked up at Upvest, and not placed again',
      }),
      waitingFor: 'The order to be found at Upvest, or an operator.',
    },
    decisions: {},
  };
  return { ...placement, requestedAt: postedAt ?? requestedAt, lookSince: requestedAt, lookUp };
}
