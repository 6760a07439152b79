/**
 * Every code that a problem document of the API can have: callers rely on them, so a code is never given another meaning.
 * `docs/errors.md` is made from this.
 */
interface ProblemKind {
  /** HTTP status. */
  status: number;
  title: string;
  /** What has happened. */
  meaning: string;
  /** What the caller does next. */
  remedy: string;
}

export const PROBLEMS = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    meaning:
      'Path, query, headers or body are not as documented; `errors` names each field. Nothing was done.',
    remedy: 'Correct the named fields, then send it again.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid bearer token is required',
    meaning: 'There is no token, or it is not, or no longer, in the file of tokens.',
    remedy: 'Send `Authorization: Bearer <token>`; ask who runs the server for a token.',
  },
  SIGNATURE_INVALID: {
    status: 401,
    title: 'The webhook signature is not valid',
    meaning: 'Only the webhook endpoint says so: the request is not from Upvest, or was changed on its way.',
    remedy: 'Compare path, host and keys with the subscription; see the log for the check that failed.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The role of this token does not allow the call',
    meaning: 'Placing takes the role `submit`, deciding takes `operate`; neither includes the other.',
    remedy: 'Use a token of the role that `detail` names.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing',
    meaning: 'No such path, order or parked event; or it ended so long ago that it is no longer kept.',
    remedy: 'Check the spelling. What was placed a moment ago is found by its reference.',
  },
  REFERENCE_CONFLICT: {
    status: 409,
    title: 'The reference was used for another request',
    meaning: 'One reference is one order, and this one is another order. Nothing was placed by this call.',
    remedy: 'Take a new reference, or read the order that has this one.',
  },
  FORBIDDEN_BY_RULE: {
    status: 409,
    title: 'A rule forbids it for the order as it stands',
    meaning: '`detail` begins with the id of the rule (rules.md). Nothing was decided.',
    remedy: 'Read the order again; what it waits for and the advice of its attentions say what is possible.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The idempotency key was used for another operation',
    meaning: 'The key names one decision, and this is another one. Nothing new was decided.',
    remedy: 'Take a new key for a new decision.',
  },
  ALREADY_ENDED: {
    status: 409,
    title: 'It has ended already',
    meaning: 'The parked event waits no more; `detail` says what became of it.',
    remedy: 'Nothing is left to decide.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    meaning: 'No request of the API needs so many bytes. Nothing was read.',
    remedy: 'Send a smaller body.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not supported',
    meaning: 'The body is not declared as JSON.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'The token has used up its requests of this minute, or too many tokens that nobody knows came from this address. Nothing was done.',
    remedy: 'Wait for as many seconds as `Retry-After` says.',
  },
  INTERNAL: {
    status: 500,
    title: 'The server failed',
    meaning: 'A fault of the coordinator’s own; it was logged with the request’s id.',
    remedy:
      'Placing is safe to repeat with the same reference, deciding with the same key. Tell who runs the server.',
  },
  UNAVAILABLE: {
    status: 503,
    title: 'A part that this call needs is away; try again',
    meaning: 'Temporal, or the worker that answers for the order, could not be reached in time.',
    remedy: 'Wait for as long as `Retry-After` says; repeat with the same reference or key.',
  },
  TOO_MANY_STREAMS: {
    status: 503,
    title: 'The server follows as many orders as it can',
    meaning: 'The number of event streams of one process is bounded.',
    remedy: 'Try again after `Retry-After`, or ask for the order from time to time with its ETag.',
  },
  OUTCOME_UNKNOWN: {
    status: 504,
    title: 'Whether it was decided is not known',
    meaning:
      'No worker has answered in time. Temporal writes a decision down once a worker has taken it: until then it may still be applied, or be lost.',
    remedy:
      'Ask again with the same `Idempotency-Key` until there is an answer: it is the same decision, not a second one.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The `type` of a problem document: a name, not an address, so that it is the same in every deployment. */
export function problemType(code: ProblemCode): string {
  return `urn:portfolio-order-coordinator:problem:${code}`;
}
