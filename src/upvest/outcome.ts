/** What an answer, or its absence, means for what was asked (upvest.md 3.9, 9). */
import type { CoordinatorError } from '../errors';
import { retryAfterMs } from '../errors';
import type { UpvestFailureFacts } from './errors';
import { UpvestForbidden, UpvestOutcomeUnknown, UpvestRefused, UpvestRetry } from './errors';
import type { ExchangeFailed, HttpAnswer } from './exchange';
import type { UpvestProblem } from './problem';
import { describeProblem, readProblem, requestIdOf } from './problem';

/** What decides how much a failure leaves open. */
export interface CallNature {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the base URL. */
  path: string;
  /** Of the token (upvest.md 1). */
  scope: string;
  idempotencyKey?: string | undefined;
}

export interface Judgement {
  problem: UpvestProblem;
  message: string;
  facts: UpvestFailureFacts;
  /** Upvest did not say no: somebody on the way failed, or the answer is none. */
  undecided: boolean;
}

/** Reads an answer that is not what the call was after: any status but 2xx, or a 2xx with an unreadable body. */
export function judge(answer: HttpAnswer, nowMs: number): Judgement {
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
    undecided: status < 400 || status === 408 || status >= 500,
  };
}

/** The error for such an answer. 401 is the transport's. */
export function failureOfAnswer(call: CallNature, answer: HttpAnswer, nowMs: number): CoordinatorError {
  const { problem, message: answered, facts, undecided } = judge(answer, nowMs);
  // Upvest does not say which scope it missed (upvest.md 1).
  const hint = answer.status === 403 ? `. Has Upvest granted this client ${call.scope}?` : '';
  const message = `${call.method} ${call.path}: ${answered}${hint}`;
  if (answer.status === 429) return new UpvestRetry(message, facts);
  // Perhaps the answer to a twin of this request that is still being worked on (upvest.md 3.8).
  const twin = answer.status === 409 && call.idempotencyKey !== undefined;
  if (undecided || twin) return open(call, message, facts);
  return answer.status === 403 ? new UpvestForbidden(message, problem) : new UpvestRefused(message, problem);
}

/** The error for a 2xx with a body that cannot be read. */
export function failureOfBody(call: CallNature, answer: HttpAnswer, why: string): CoordinatorError {
  const facts = { status: answer.status, requestId: requestIdOf(answer) };
  return open(call, `${call.method} ${call.path}: ${answer.status} with an unreadable body, ${why}`, facts);
}

/** The error for an exchange without a complete answer. */
export function failureOfExchange(call: CallNature, failed: ExchangeFailed): CoordinatorError {
  const facts = { cause: failed };
  return failed.perhapsSent ? open(call, failed.message, facts) : new UpvestRetry(failed.message, facts);
}

function open(call: CallNature, message: string, facts: UpvestFailureFacts): CoordinatorError {
  // GET has no effect; DELETE and PATCH of ours have the same effect twice as once.
  return call.method === 'POST' ? new UpvestOutcomeUnknown(message, facts) : new UpvestRetry(message, facts);
}
