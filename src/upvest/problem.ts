import { z } from 'zod';
import type { HttpAnswer } from './exchange';
import { parseJson, present } from '../json';

/** Upvest's answer to a call that it did not carry out (upvest.md 3.9). Plain JSON: it travels in results. */
export interface UpvestProblem {
  /** HTTP status of the answer, not the one in the body. */
  status: number;
  /** Last path segment of `type`, in lower case: the sources disagree on what stands before it. */
  code?: string;
  /** As sent. */
  type?: string;
  title?: string;
  detail?: string;
  instance?: string;
  requestId?: string;
  /** The beginning of a body that is no problem document: gateways answer HTML and plain text. */
  excerpt?: string;
}

const text = z.string().min(1).optional().catch(undefined);
// The page on 401 prints `details` where the schema has `detail` (upvest.md 3.9).
const problemSchema = z.object({
  type: text,
  title: text,
  detail: text,
  details: text,
  instance: text,
  request_id: text,
});

const EXCERPT_CHARACTERS = 200;

// What may be in an answer that repeats the request, as proxies do when they complain: the token, the client secret of
// the token call, the signature. None of it may get into messages, logs or results.
const SECRETS = /(bearer\s+|client_secret["']?\s*[=:]\s*["']?|sig1=:)[^\s"'&<\\]+/gi;

/** Upvest's id of an exchange, on every answer (upvest.md 1.1). */
export function requestIdOf({ headers }: HttpAnswer): string | undefined {
  const id = headers['upvest-request-id'];
  return Array.isArray(id) ? id[0] : id;
}

/** Reads whatever came with a failure; never throws. */
export function readProblem(answer: HttpAnswer): UpvestProblem {
  const { status } = answer;
  const requestId = requestIdOf(answer);
  const body = answer.text.replace(SECRETS, '$1…');
  const parsed = problemSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const excerpt = body.trim().slice(0, EXCERPT_CHARACTERS);
    return present({ status, requestId, excerpt: excerpt === '' ? undefined : excerpt });
  }
  const { type, title, instance, detail, details, request_id } = parsed.data;
  return present({
    status,
    code: type?.split('/').filter(Boolean).at(-1)?.toLowerCase(),
    type,
    title,
    detail: detail ?? details,
    instance,
    requestId: requestId ?? request_id,
  });
}

/** The problem in one sentence, for messages and logs. */
export function describeProblem(problem: UpvestProblem): string {
  const words = [problem.code, problem.title, problem.detail, problem.excerpt].filter(
    (word) => word !== undefined,
  );
  const id = problem.requestId === undefined ? '' : ` (request ${problem.requestId})`;
  return `${[String(problem.status), ...words].join(', ')}${id}`;
}
