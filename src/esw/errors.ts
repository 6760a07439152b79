import { CoordinatorError } from '../errors';
import type { EswErrorBody } from './error-body';

/** How to find one exchange again, on either side. */
export interface EswCorrelation {
  /** Id of the OrderEvent; absent for token requests. */
  eventId?: string | undefined;
  /** `X-Correlation-ID` that we sent. */
  correlationId?: string | undefined;
  /** `traceId` of ESW's answer, where it has one. */
  traceId?: string | undefined;
}

/** What is known about a failed exchange besides its class. */
export interface EswFailureFacts extends EswCorrelation {
  /** HTTP status; absent where there was no answer, or nothing was sent. */
  status?: number | undefined;
  /** ESW's answer as far as it can be understood. */
  body?: EswErrorBody | undefined;
  cause?: unknown;
}

abstract class EswFailure extends CoordinatorError {
  readonly status: number | undefined;
  readonly body: EswErrorBody | undefined;
  readonly correlation: EswCorrelation;

  constructor(message: string, { status, body, cause, eventId, correlationId, traceId }: EswFailureFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.body = body;
    this.correlation = { eventId, correlationId, traceId };
  }
}

/**
 * Thrown when ESW will never take these bytes: a 4xx but 401, 403, 408 and 429; 409 for an event that was not sent
 * before; a redirect; or our own schema says so before anything is sent (then `status` is absent). The event is parked
 * and an operator decides (esw-order-event.md 4, 8.7).
 */
export class EswRefused extends EswFailure {
  readonly code = 'ESW_REFUSED';
  readonly next = 'stop';
}

/**
 * Thrown when there is no answer, for 408, 429 and 5xx, and when the token endpoint fails in these ways. The same id
 * and the same bytes are sent again, not before `retryAfterMs` where that is given (esw-order-event.md 4).
 */
export class EswRetry extends EswFailure {
  readonly code = 'ESW_RETRY';
  readonly next = 'retry';
  /** Milliseconds that ESW asked us to wait (`Retry-After`), where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: EswFailureFacts & { retryAfterMs?: number | undefined }) {
    super(message, facts);
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/**
 * Thrown for 401 with a fresh token, for 403 (scope or tenant), and when no token is given: an operator looks at the
 * credentials. Nothing is wrong with the event, which can be sent unchanged afterwards.
 */
export class EswUnauthorised extends EswFailure {
  readonly code = 'ESW_UNAUTHORISED';
  readonly next = 'ask-a-human';
}
