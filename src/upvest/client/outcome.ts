/** Classifies answers, and missing answers, by the effect of the request (references/upvest.md#errors, #retries). */
import type { CoordinatorError } from '../../lib/errors';
import { retryAfterMs } from '../../lib/errors';
import type { UpvestFailureFacts } from './errors';
import { UpvestForbidden, UpvestOutcomeUnknown, UpvestRefused, UpvestRetry } from './errors';
import type { ExchangeFailed, HttpAnswer } from './exchange';
import type { UpvestProblem } from './problem';
import { describeProblem, readProblem, requestIdOf } from './problem';

/** Traits of a request that decide whether a failure is conclusive. */
export interface RequestTraits {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the base URL. */
  path: string;
  /** Scope of the token (references/upvest.md#authentication). */
  scope: string;
  idempotencyKey?: string | undefined;
}

export interface Classification {
  problem: UpvestProblem;
  message: string;
  facts: UpvestFailureFacts;
  /** True if Upvest did not reject the request: a server on the way failed, or the answer is invalid. */
  inconclusive: boolean;
}

/** Classifies an answer other than 2xx. */
export function classify(answer: HttpAnswer, nowMs: number): Classification {
  const { status, headers } = answer;
  const problem = readProblem(answer);
  return {
    problem,
    message: describeProblem(problem),
    facts: {
      status,
      requestId: problem.requestId,
      retryAfterMs: retryAfterMs(headers['retry-after'], nowMs),
    },
    inconclusive: status < 400 || status === 408 || status >= 500,
  };
}

/** The error of an answer other than 2xx and 401; the transport handles 401. */
export function failureOfAnswer(call: RequestTraits, answer: HttpAnswer, nowMs: number): CoordinatorError {
  const { problem, message: answered, facts, inconclusive } = classify(answer, nowMs);
  // Upvest does not name the missing scope (references/upvest.md#authentication).
  const hint = answer.status === 403 ? `. Has Upvest granted this client ${call.scope}?` : '';
  const message = `${call.method} ${call.path}: ${answered}${hint}`;
  if (answer.status === 429) return new UpvestRetry(message, facts);
  // A duplicate of this request may still be in progress (references/upvest.md#idempotency).
  const isConcurrentDuplicate = answer.status === 409 && call.idempotencyKey !== undefined;
  if (inconclusive || isConcurrentDuplicate) return inconclusiveFailure(call, message, facts);
  return answer.status === 403 ? new UpvestForbidden(message, problem) : new UpvestRefused(message, problem);
}

/** The error of a 2xx with an unreadable body. */
export function failureOfBody(call: RequestTraits, answer: HttpAnswer, why: string): CoordinatorError {
  const facts = { status: answer.status, requestId: requestIdOf(answer) };
  const message = `${call.method} ${call.path}: ${answer.status} with an unreadable body, ${why}`;
  return inconclusiveFailure(call, message, facts);
}

/** The error of a request without a complete answer. */
export function failureOfExchange(call: RequestTraits, failed: ExchangeFailed): CoordinatorError {
  const facts = { cause: failed };
  return failed.maybeSent
    ? inconclusiveFailure(call, failed.message, facts)
    : new UpvestRetry(failed.message, facts);
}

function inconclusiveFailure(
  call: RequestTraits,
  message: string,
  facts: UpvestFailureFacts,
): CoordinatorError {
  // GET has no effect; our DELETE and PATCH requests are idempotent.
  return call.method === 'POST' ? new UpvestOutcomeUnknown(message, facts) : new UpvestRetry(message, facts);
}
