/** Errors of the HTTP edge, as RFC 9457 problem documents with stable codes. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { grpcCodeOf } from '../temporal/grpc';

/** Codes that callers may rely on, with the HTTP status and title that belong to them. */
export const PROBLEMS = {
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'A valid bearer token is required' },
  SIGNATURE_INVALID: { status: 401, title: 'The webhook signature is not valid' },
  FORBIDDEN: { status: 403, title: 'The role of this token does not allow the call' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  REFERENCE_CONFLICT: { status: 409, title: 'The reference was used for another request' },
  FORBIDDEN_BY_RULE: { status: 409, title: 'A rule forbids it for the order as it stands' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, title: 'The idempotency key was used for another operation' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The content type is not supported' },
  INTERNAL: { status: 500, title: 'The server failed' },
  UNAVAILABLE: { status: 503, title: 'A part that this call needs is away; try again' },
  OUTCOME_UNKNOWN: { status: 504, title: 'Whether it was decided is not known' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

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
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}

export function noSuchOrder(referenceOrId: string): HttpProblem {
  return new HttpProblem('NOT_FOUND', `There is no order with the reference or id ${referenceOrId}.`);
}

function send(
  reply: FastifyReply,
  { code, detail, errors }: Pick<HttpProblem, 'code' | 'detail' | 'errors'>,
): FastifyReply {
  const { status, title } = PROBLEMS[code];
  if (status === 401 && code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Bearer');
  if (status === 503) void reply.header('retry-after', '1');
  const document = {
    type: `urn:portfolio-order-coordinator:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(errors && { errors }),
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(document));
}

/** What is said to the caller; never a stack trace or the text of an unexpected error. */
function problemOf(error: FastifyError | Error): Pick<HttpProblem, 'code' | 'detail' | 'errors'> {
  if (error instanceof HttpProblem) return error;
  if (grpcCodeOf(error) !== undefined)
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
