import { CoordinatorError } from '../../lib/errors';
import type { UpvestProblem } from './problem';

/** Details of a failed call. */
export interface UpvestFailureFacts {
  /** HTTP status, if there was an answer. */
  status?: number | undefined;
  /** `upvest-request-id` of the answer, for Upvest's support. */
  requestId?: string | undefined;
  /** Milliseconds from `Retry-After`, if present. */
  retryAfterMs?: number | undefined;
  /** The answer, if there was one that is no success. */
  problem?: UpvestProblem | undefined;
  cause?: unknown;
}

/** A failed call that is not Upvest's rejection of it. */
export abstract class UpvestFailure extends CoordinatorError {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly problem: UpvestProblem | undefined;

  constructor(message: string, facts: UpvestFailureFacts = {}) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.problem = facts.problem;
  }
}

/**
 * Thrown when Upvest itself rejects this one call: 400, 404, 413, 422 or, without an idempotency key, 409, with a problem document
 * (references/upvest.md#errors). Final; the caller surfaces `problem`, whose `requestId` helps Upvest's support.
 */
export class UpvestRefused extends CoordinatorError {
  readonly code = 'UPVEST_REFUSED';
  readonly next = 'stop';
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(
    message: string,
    readonly problem: UpvestProblem,
  ) {
    super(message);
    this.status = problem.status;
    this.requestId = problem.requestId;
  }
}

/**
 * Thrown when the call certainly had no effect (425, 429, no connection, no token), or when repeating it is harmless (reads,
 * DELETE and PATCH: also after timeouts, resets, 5xx and unreadable answers). The caller retries after a pause of at least
 * `retryAfterMs`, if given.
 */
export class UpvestRetry extends UpvestFailure {
  readonly code = 'UPVEST_RETRY';
  readonly next = 'retry';
}

/**
 * Thrown when a POST may have been executed: no answer in time, connection lost after sending, 5xx (a gateway's 503
 * proves nothing about the server behind it), 408, 409 with an idempotency key, or a 2xx with an unreadable body. The caller
 * repeats it with the same key and body, or looks the order up; it never treats it as failed
 * (references/upvest.md#idempotency, #retries).
 */
export class UpvestOutcomeUnknown extends UpvestFailure {
  readonly code = 'UPVEST_OUTCOME_UNKNOWN';
  readonly next = 'look-up';
}

/**
 * Thrown when Upvest rejects every call of this deployment, or no token can be obtained. 401 to a new token and signature:
 * clock skew, a wrong key id and revoked credentials look the same (references/upvest.md#signing-pitfalls, #retries). 405, 406
 * and the like: something is wrong with all requests. Requires operator action. Nothing was executed.
 */
export class UpvestUnauthorised extends UpvestFailure {
  readonly code: string = 'UPVEST_UNAUTHORISED';
  readonly next = 'ask-a-human';
}

/**
 * Thrown for 403: the client lacks a scope or a right (references/upvest.md#authentication), which Upvest must grant.
 */
export class UpvestForbidden extends UpvestUnauthorised {
  override readonly code = 'UPVEST_FORBIDDEN';
}

/**
 * Thrown when an answer cannot be Upvest's: a proxy, a firewall or a load balancer wrote it, as HTML, as a redirect or with a
 * status that Upvest does not use. Requires operator action. A POST is repeated with the same key: that the gateway did not
 * forward it is likely, not certain, since some replace the answers that they receive.
 */
export class UpvestForeignAnswer extends UpvestFailure {
  readonly code = 'UPVEST_FOREIGN_ANSWER';
  readonly next = 'ask-a-human';
}

/** True when no call of this deployment gets through until an operator fixes credentials, rights, address or proxy. */
export function isDeploymentFault(error: unknown): error is UpvestUnauthorised | UpvestForeignAnswer {
  return error instanceof UpvestUnauthorised || error instanceof UpvestForeignAnswer;
}

/** Thrown at start-up for an unusable signing key; the message says how to create a valid one. */
export class UpvestPrivateKeyUnusable extends CoordinatorError {
  readonly code = 'UPVEST_PRIVATE_KEY_UNUSABLE';
  readonly next = 'ask-a-human';
}

/**
 * Thrown when a webhook names an unknown key and Upvest's keys cannot be read now. The webhook cannot be verified: the
 * handler answers 503, so that Upvest redelivers it.
 */
export class UpvestVerifyKeysUnavailable extends CoordinatorError {
  readonly code = 'UPVEST_VERIFY_KEYS_UNAVAILABLE';
  readonly next = 'retry';
}
