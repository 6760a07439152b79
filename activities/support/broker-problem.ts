import { UpvestFailure } from '../../src/upvest/client/errors';
import type { UpvestProblem } from '../../src/upvest/client/problem';
import type { PlacementProblem } from '../../src/domain/broker/problem';

/** The part of Upvest's problem that an operator needs. */
export function problemOf({
  status,
  code,
  title,
  detail,
  excerpt,
  requestId,
}: UpvestProblem): PlacementProblem {
  return {
    status,
    ...(code && { type: code }),
    ...(title && { title }),
    ...(detail && { detail }),
    ...(excerpt && { excerpt }),
    ...(requestId && { requestId }),
  };
}

/** The same of any failure: without an answer, its message. */
export function problemOfFailure(error: unknown): PlacementProblem {
  if (error instanceof UpvestFailure && error.problem !== undefined) return problemOf(error.problem);
  return { detail: error instanceof Error ? error.message : String(error) };
}
