/** Classifies answers, and missing answers, by the effect of the request (references/upvest.md#errors, #retries). */
import type { CoordinatorError } from '../../lib/errors';
import { retryAfterMs } from '../../lib/errors';
import type { UpvestFailureFacts } from './errors';
import {
  UpvestForbidden,
  UpvestForeignAnswer,
  UpvestOutcomeUnknown,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from './errors';
import type { ExchangeFailed, HttpAnswer } from './exchange';
import type { UpvestProblem } from './problem';
import { describeProblem, problemBodyKind, readProblem, requestIdOf } from './problem';
import { answerMeaning, type Meaning } from '../../partners/answer-meaning';

/** Traits of a request that decide whether a failure is conclusive. */
export interface RequestTraits {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the base URL. */
  path: string;
  /** Scope of the token (references/upvest.md#authentication). */
  scope: string;
  idempotencyKey?: string | undefined;
}

/** What an answer means, and what is kept of it. */
export interface Classification {
  meaning: Meaning;
  problem: UpvestProblem;
  message: string;
  facts: UpvestFailureFacts;
}

export function classify(answer: HttpAnswer, nowMs: number): Classification {
  const { status, headers } = answer;
  const problem = readProblem(answer);
  const meaning = answerMeaning('upvest', status, problemBodyKind(answer));
  return {
    meaning: HEADERS_LOST.has(problem.code) ? 'unauthorised' : meaning,
    problem,
    message: describeProblem(problem),
    facts: {
      status,
      requestId: problem.requestId,
      retryAfterMs: retryAfterMs(headers['retry-after'], nowMs),
      problem,
    },
  };
}

/** Codes of 400 for headers that we always send: a proxy removes them from every request (references/upvest.md#errors). */
const HEADERS_LOST = new Set<string | undefined>(['missing_idempotency_key', 'missing_client_id']);

/** The error of an answer that is no success, or undefined. */
export function failureOfAnswer(
  call: RequestTraits,
  answer: HttpAnswer,
  nowMs: number,
): CoordinatorError | undefined {
  const { meaning, problem, message: answered, facts } = classify(answer, nowMs);
  const message = `${call.method} ${call.path}: ${answered}`;
  switch (meaning) {
    case 'success':
      return undefined;
    case 'refused':
      return new UpvestRefused(message, problem);
    case 'conflict':
      // A duplicate of this request may still be in progress (references/upvest.md#idempotency).
      return call.idempotencyKey === undefined
        ? new UpvestRefused(message, problem)
        : inconclusiveFailure(call, message, facts);
    case 'busy':
      return new UpvestRetry(message, facts);
    case 'unavailable':
      return inconclusiveFailure(call, message, facts);
    case 'unauthorised':
      return rejectionOfAll(call, answer.status, answered, facts);
    case 'not-theirs':
      return new UpvestForeignAnswer(
        `${call.method} ${call.path}: this answer is not Upvest’s: ${answered}`,
        facts,
      );
  }
}

function rejectionOfAll(
  { method, path, scope }: RequestTraits,
  status: number,
  answered: string,
  facts: UpvestFailureFacts,
): UpvestUnauthorised {
  // Upvest does not name the missing scope (references/upvest.md#authentication).
  if (status === 403)
    return new UpvestForbidden(
      `${method} ${path}: ${answered}. Has Upvest granted this client ${scope}?`,
      facts,
    );
  const how = status === 401 ? ' with a fresh token and signature' : '';
  return new UpvestUnauthorised(`${method} ${path}${how}: ${answered}`, facts);
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
