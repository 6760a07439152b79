import type { ProblemCode } from '../../app/errors';

/** The HTTP status of each code. */
export const PROBLEM_STATUS: Readonly<Record<ProblemCode, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  SIGNATURE_INVALID: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  REFERENCE_CONFLICT: 409,
  AMBIGUOUS_NAME: 409,
  FORBIDDEN_BY_RULE: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  ALREADY_ENDED: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  RECORDS_UNAVAILABLE: 503,
  TOO_MANY_STREAMS: 503,
  OUTCOME_UNKNOWN: 504,
};

/** The `type` of a problem document: a name, not an address, so that it is the same in every deployment. */
export function problemType(code: ProblemCode): string {
  return `urn:portfolio-order-coordinator:problem:${code}`;
}
