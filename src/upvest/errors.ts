import { CoordinatorError, type NextStep } from '../errors';
import type { UpvestProblem } from './problem';

/** What is known about a failed call besides its class. */
export interface UpvestFailureFacts {
  /** HTTP status, where there was an answer. */
  status?: number | undefined;
  /** `upvest-request-id` of the answer: what Upvest's support asks for. */
  requestId?: string | undefined;
  /** Milliseconds that Upvest asked us to wait (`Retry-After`), where it did. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

abstract class UpvestFailure extends CoordinatorError {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: UpvestFailureFacts = {}) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/**
 * Thrown when Upvest understood the call and said no: every 4xx but 401, 408 and 429, and 409 for calls without an
 * idempotency key (upvest.md 3.9). Final; the caller surfaces `problem`, whose `requestId` Upvest's support asks for.
 */
export class UpvestRefused extends CoordinatorError {
  readonly code: string = 'UPVEST_REFUSED';
  readonly next: NextStep = 'stop';
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

/** Thrown for 403: the client lacks a scope or a right (upvest.md 1), which an operator gets from Upvest. */
export class UpvestForbidden extends UpvestRefused {
  override readonly code = 'UPVEST_FORBIDDEN';
  override readonly next = 'ask-a-human';
}

/**
 * Thrown when the call certainly had no effect (429; no connection; the token could not be had), or when repeating it
 * is harmless whatever it did (reads, DELETE, PATCH: also timeouts, resets, 5xx and unreadable answers). The caller
 * sends it again after a pause, not before `retryAfterMs` where that is given.
 */
export class UpvestRetry extends UpvestFailure {
  readonly code = 'UPVEST_RETRY';
  readonly next = 'retry';
}

/**
 * Thrown when a POST may or may not have been executed: no answer in time, connection lost after sending, 5xx (a
 * gateway's 503 proves nothing about the server behind it), 408, 409 under an idempotency key, a redirect, or a 2xx
 * whose body cannot be read. The caller repeats it with the same key and body, or looks the order up; it never counts
 * it as failed (upvest.md 3.8, 9).
 */
export class UpvestOutcomeUnknown extends UpvestFailure {
  readonly code = 'UPVEST_OUTCOME_UNKNOWN';
  readonly next = 'look-up';
}

/**
 * Thrown when Upvest answers 401 to a fresh token with a fresh signature, or refuses to give a token at all. Clock
 * skew, a wrong key id and revoked credentials look alike (upvest.md 2.4, 9): an operator acts. Nothing was executed.
 */
export class UpvestUnauthorised extends UpvestFailure {
  readonly code = 'UPVEST_UNAUTHORISED';
  readonly next = 'ask-a-human';
}

/** Thrown when the configured signing key cannot be used; the message says how to make one that can. Start-up stops. */
export class UpvestPrivateKeyUnusable extends CoordinatorError {
  readonly code = 'UPVEST_PRIVATE_KEY_UNUSABLE';
  readonly next = 'ask-a-human';
}

/**
 * Thrown when a webhook names a key we do not know and Upvest cannot be asked for its keys now. The webhook is neither
 * good nor bad: the handler answers 503, so that Upvest delivers it again.
 */
export class UpvestVerifyKeysUnavailable extends CoordinatorError {
  readonly code = 'UPVEST_VERIFY_KEYS_UNAVAILABLE';
  readonly next = 'retry';
}
