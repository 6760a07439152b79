/**
 * The problem codes of the API. Callers rely on them: a code never changes its meaning. `docs/errors.md` is generated from
 * this table.
 */
interface ProblemKind {
  title: string;
  /** What happened. */
  meaning: string;
  /** What the caller should do next. */
  remedy: string;
}

export const PROBLEMS = {
  INVALID_REQUEST: {
    title: 'Invalid request',
    meaning: 'Path, query, headers or body are invalid; `errors` names each field. Nothing was done.',
    remedy: 'Correct the named fields, then retry.',
  },
  UNAUTHENTICATED: {
    title: 'A valid bearer token is required',
    meaning: 'The token is missing, unknown or revoked.',
    remedy: 'Send `Authorization: Bearer <token>`; the operator of the server issues tokens.',
  },
  SIGNATURE_INVALID: {
    title: 'Invalid webhook signature',
    meaning: 'Webhook endpoint only: the request is not from Upvest, or was altered on its way.',
    remedy: 'Compare path, host and keys with the subscription; the log names the failed check.',
  },
  FORBIDDEN: {
    title: 'The role of this token does not allow the call',
    meaning:
      'Placing requires the role `submit`, decisions require `operate`; neither includes the other. A token with `submit` may also cancel what it placed.',
    remedy: 'Use a token with the role that `detail` names.',
  },
  NOT_FOUND: {
    title: 'Not found',
    meaning: 'The path, order or parked event does not exist, or ended before the retention period.',
    remedy: 'Check the spelling. Look up a new order by its reference.',
  },
  REFERENCE_CONFLICT: {
    title: 'The reference was used for another request',
    meaning:
      'The reference belongs to a different request, which Upvest has not rejected. This call placed nothing.',
    remedy: 'Use a new reference, or read the existing order.',
  },
  AMBIGUOUS_NAME: {
    title: 'The name means two orders',
    meaning: 'It is the reference of one order and Upvest’s id of another. Nothing was done.',
    remedy: 'Use a name that only one of the two has: `detail` names it.',
  },
  FORBIDDEN_BY_RULE: {
    title: "Not allowed in the order's current state",
    meaning: '`detail` begins with the id of the rule (rules.md). Nothing was decided.',
    remedy: 'Read the order again: `waitingFor` and the advice of its attentions show what is possible.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    title: 'The idempotency key was used for another operation',
    meaning:
      'The key belongs to a different decision: to another operation, or to this one with other content, whose digests `detail` names. Nothing new was decided.',
    remedy: 'Use a new key for a new decision.',
  },
  ALREADY_ENDED: {
    title: 'The parked event has already ended',
    meaning: '`detail` has its outcome. Nothing was decided.',
    remedy: 'Nothing to do.',
  },
  BODY_TOO_LARGE: {
    title: 'The body is too large',
    meaning: 'The body exceeds the limit. Nothing was done.',
    remedy: 'Send a smaller body.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    title: 'The content type is not supported',
    meaning: 'The request does not declare its body as JSON.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  TOO_MANY_REQUESTS: {
    title: 'Too many requests',
    meaning:
      'The token has reached its requests per minute, or this address has sent too many unknown tokens. Nothing was done.',
    remedy: 'Wait for the number of seconds in `Retry-After`.',
  },
  INTERNAL: {
    title: 'Internal server error',
    meaning: 'The coordinator failed unexpectedly and logged the error with the request’s id.',
    remedy:
      'Placing is safe to repeat with the same reference, a decision with the same key. Contact the operator of the server.',
  },
  UNAVAILABLE: {
    title: 'Service temporarily unavailable',
    meaning: 'Temporal or the worker of the order did not answer in time.',
    remedy: 'Wait for the number of seconds in `Retry-After`, then retry with the same reference or key.',
  },
  RECORDS_UNAVAILABLE: {
    title: 'The records database does not answer',
    meaning:
      'The records database cannot be reached, or did not answer in time. This call placed nothing. Webhooks, tracking and events to ESW go on without it.',
    remedy:
      'Wait for the number of seconds in `Retry-After`, then retry with the same reference. Single orders can be read meanwhile. If it lasts, contact the operator of the server.',
  },
  TOO_MANY_STREAMS: {
    title: 'Too many open event streams',
    meaning: 'The server process has reached its limit of event streams.',
    remedy: 'Retry after `Retry-After`, or poll the order with its ETag.',
  },
  OUTCOME_UNKNOWN: {
    title: 'Outcome unknown',
    meaning:
      'No worker answered in time. Temporal persists a decision once a worker accepts it: until then it may still be applied, or be lost.',
    remedy:
      'Retry with the same `Idempotency-Key` until there is an answer: it is the same decision, not a second one.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldError {
  /** Path of the field, `body` for the whole. */
  field: string;
  message: string;
}

/** A failed call, as the caller sees it; over HTTP it becomes a problem document. */
export class CallError extends Error {
  override readonly name = 'CallError';
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors?: FieldError[],
    options?: ErrorOptions & { retryAfterSeconds?: number },
  ) {
    super(`${code}: ${detail}`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** When to retry, where that is known. */
  readonly retryAfterSeconds: number | undefined;
}

export function outcomeUnknown(): CallError {
  return new CallError(
    'OUTCOME_UNKNOWN',
    'No worker answered in time. The decision may still be applied, or be lost. Retry with the same Idempotency-Key.',
  );
}

export function noSuchOrder(referenceOrId: string): CallError {
  return new CallError('NOT_FOUND', `No order has the reference or id ${referenceOrId}.`);
}

/** @param portfolioOrderId of the order whose reference the name is, if it is placed */
export function ambiguousName(name: string, portfolioOrderId: string | undefined): CallError {
  const other = portfolioOrderId === undefined ? 'not placed yet' : `at Upvest ${portfolioOrderId}`;
  return new CallError(
    'AMBIGUOUS_NAME',
    `${name} is the reference of one order (${other}) and the id of another. Use the id of the first or the reference of the second.`,
  );
}

export function noTimelineYet(referenceOrId: string): CallError {
  return new CallError('NOT_FOUND', `${referenceOrId} has no workflow of its own yet, so there is no chart.`);
}

/** The detail of an invalid request. */
export function invalidFields(count: number): string {
  return `${count} invalid field${count === 1 ? '' : 's'}.`;
}

export function invalidCursor(): CallError {
  const message = 'must be the nextCursor of a page with the same filters';
  return new CallError('INVALID_REQUEST', invalidFields(1), [{ field: 'cursor', message }]);
}
