import { z } from 'zod';
import type { HttpAnswer } from './exchange';
import { parseJson, present } from '../../lib/json';
import { safeText } from '../../lib/text';
import { bodyKind, wordsOf, type BodyKind } from '../../partners/answer-body';

/** Upvest's answer to a failed call (references/upvest.md#errors). Plain JSON, since it is part of activity results. */
export interface UpvestProblem {
  /** HTTP status of the answer, not of the body. */
  status: number;
  /** Last path segment of `type`, in lower case: the sources disagree on the rest. */
  code?: string;
  /** As sent. */
  type?: string;
  title?: string;
  detail?: string;
  instance?: string;
  requestId?: string;
  /** Beginning of a body that is not a problem document, such as a gateway's HTML: its words on one line. */
  excerpt?: string;
}

const TEXT_CHARACTERS = 1000;
const text = z
  .string()
  .min(1)
  .transform((value) => safeText(value, TEXT_CHARACTERS))
  .optional()
  .catch(undefined);
// The page on 401 prints `details` where the schema has `detail` (references/upvest.md#errors).
const problemSchema = z.object({
  type: text,
  title: text,
  detail: text,
  details: text,
  instance: text,
  request_id: text,
});

const EXCERPT_CHARACTERS = 200;

// Secrets that an answer may repeat, as error pages of proxies do: the token, the client secret, the signature. They must
// not get into messages, logs or results.
const SECRETS = /(bearer\s+|client_secret["']?\s*[=:]\s*["']?|sig1=:)[^\s"'&<\\]+/gi;

/** Upvest's request id, part of every answer (references/upvest.md#headers-on-every-call). */
export function requestIdOf({ headers }: HttpAnswer): string | undefined {
  const id = headers['upvest-request-id'];
  return Array.isArray(id) ? id[0] : id;
}

/** What the body of an answer can be: a problem document has a `type` that names a problem (references/upvest.md#errors). */
export function problemBodyKind(answer: HttpAnswer): BodyKind {
  return bodyKind(answer, (body) => {
    const type = problemSchema.safeParse(body).data?.type;
    return type !== undefined && type !== 'about:blank';
  });
}

/** Parses the answer of a failed call; never throws. */
export function readProblem(answer: HttpAnswer): UpvestProblem {
  const { status } = answer;
  const requestId = requestIdOf(answer);
  const body = answer.text.replace(SECRETS, '$1…');
  const parsed = problemSchema.safeParse(parseJson(body));
  if (!parsed.success || Object.values(parsed.data).every((member) => member === undefined)) {
    const excerpt = wordsOf(body, EXCERPT_CHARACTERS);
    return present({ status, requestId, excerpt: excerpt === '' ? undefined : excerpt });
  }
  const { type, title, instance, detail, details, request_id } = parsed.data;
  return present({
    status,
    code: type === undefined ? undefined : codeOf(type),
    type,
    title,
    detail: detail ?? details,
    instance,
    requestId: requestId ?? request_id,
  });
}

function codeOf(type: string): string {
  return type.split('/').filter(Boolean).at(-1)?.toLowerCase() ?? '';
}

/** One sentence for messages and logs. */
export function describeProblem(problem: UpvestProblem): string {
  const parts = [problem.code, problem.title, problem.detail, problem.excerpt].filter(
    (part) => part !== undefined,
  );
  const id = problem.requestId === undefined ? '' : ` (request ${problem.requestId})`;
  return `${[String(problem.status), ...parts].join(', ')}${id}`;
}
