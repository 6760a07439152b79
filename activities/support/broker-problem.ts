import type { UpvestProblem } from '../../src/upvest/client/problem';
import type { PlacementProblem } from '../../src/domain/broker/problem';

/** The part of Upvest's problem that an operator needs. */
export function problemOf({ status, code, title, detail, requestId }: UpvestProblem): PlacementProblem {
  return {
    status,
    ...(code && { type: code }),
    ...(title && { title }),
    ...(detail && { detail }),
    ...(requestId && { requestId }),
  };
}
