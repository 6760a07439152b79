/** Errors of the HTTP edge, as RFC 9457 problem documents with stable codes. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { grpcCodeOf } from '../temporal/grpc';
import { IndexTooSlow } from '../temporal/visibility';
import { PROBLEMS, problemType, type ProblemCode } from './problem-codes';

export interface FieldError {
  /** Path of the field, `body` for the whole. */
  field: string;
  message: string;
}

/** Thrown by handlers; becomes a problem document. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors?: FieldError[],
    options?: ErrorOptions & { retryAfterSeconds?: number },
  ) {
    super(`${code}: ${detail}`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** When to try again, where that is known better than "in a moment". */
  readonly retryAfterSeconds: number | undefined;
}

export function outcomeUnknown(): HttpProblem {
  return new HttpProblem(
    'OUTCOME_UNKNOWN',
    'No worker has answered in time. It may still be applied when one is back, or be lost; the same Idempotency-Key asks for the same again.',
  );
}

/** What becomes a problem document. */
type Told = Pick<HttpProblem, 'code' | 'detail' | 'errors'> & { retryAfterSeconds?: number | undefined };

export function noSuchOrder(referenceOrId: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no order with the reference or id ${referenceOrId}.`);
}

function send(reply: FastifyReply, { code, detail, errors, retryAfterSeconds = 1 }: Told): FastifyReply {
  const { status, title } = PROBLEMS[code];
  if (code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Bearer');
  if (status === 503 || status === 429) void reply.header('retry-after', String(retryAfterSeconds));
  codes.set(reply.request, code);
  const document = {
    type: problemType(code),
    title,
    status,
    code,
    detail,
    ...(errors && { errors }),
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(document));
}

/** The codes of the problems that requests were answered with. */
const codes = new WeakMap<FastifyRequest, ProblemCode>();

/** The code of the problem that a request was answered with; undefined where it went well. */
export function problemCodeOf(request: FastifyRequest): ProblemCode | undefined {
  return codes.get(request);
}

export function invalidCursor(): HttpProblem {
  const message = 'must be the nextCursor of a page that was asked for with the same filters';
  return new HttpProblem('INVALID_REQUEST', '1 of the fields are not valid.', [{ field: 'cursor', message }]);
}

/** What is said to the caller; never a stack trace or the text of an unexpected error. */
function problemOf(error: FastifyError | Error): Told {
  if (error instanceof HttpProblem) return error;
  if (grpcCodeOf(error) !== undefined || error instanceof IndexTooSlow)
    return {
      code: 'UNAVAILABLE',
      detail: 'Temporal, or the worker that answers for this order, could not be reached in time.',
    };
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return { code: 'BODY_TOO_LARGE', detail: 'Send a smaller body.' };
  if (status === 415) return { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'Send application/json.' };
  if (status !== undefined && status < 500) return { code: 'INVALID_REQUEST', detail: error.message };
  return { code: 'INTERNAL', detail: 'The failure was logged.' };
}

/** The one place where errors become answers. Fastify itself needs it for requests that reach no route. */
export function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error);
  const { status } = PROBLEMS[problem.code];
  if (status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
  else request.log.info({ code: problem.code, detail: problem.detail }, 'request refused');
  return send(reply, problem);
}

export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    send(reply, {
      code: 'NOT_FOUND',
      detail: `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    }),
  );
}
