import type { Registered } from '../ports/registry';

/** True if the placement was certainly started: it is never started again to POST. */
export function isStarted({ startedAt, postedAt, portfolioOrderId, view }: Registered): boolean {
  const hasBegun = view !== undefined && view.phase !== 'PLACING' && view.phase !== 'NOT_STARTED';
  return startedAt !== undefined || postedAt !== undefined || portfolioOrderId !== undefined || hasBegun;
}
