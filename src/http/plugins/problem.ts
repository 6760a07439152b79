/** Turns errors into RFC 9457 problem documents with stable codes. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '../../app/unavailable';
import { RecordsUnavailable } from '../../app/ports/records-unavailable';
import { PROBLEMS, type ProblemCode, CallError } from '../../app/errors';
import { problemType, PROBLEM_STATUS } from './problem-status';

/** Content of a problem document. */
type ProblemContent = Pick<CallError, 'code' | 'detail' | 'errors'> & {
  retryAfterSeconds?: number | undefined;
};

function send(
  reply: FastifyReply,
  { code, detail, errors, retryAfterSeconds = 1 }: ProblemContent,
): FastifyReply {
  const { title } = PROBLEMS[code];
  const status = PROBLEM_STATUS[code];
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

/** Problem codes by request. */
const codes = new WeakMap<FastifyRequest, ProblemCode>();

/** The problem code of a failed request; undefined for a success. */
export function problemCodeOf(request: FastifyRequest): ProblemCode | undefined {
  return codes.get(request);
}

/** What the caller sees: never a stack trace or the text of an unexpected error. */
function problemOf(error: FastifyError | Error): ProblemContent {
  if (error instanceof CallError) return error;
  if (isUnavailable(error))
    return {
      code: 'UNAVAILABLE',
      detail: 'Temporal or the worker of this order did not answer in time.',
    };
  if (error instanceof RecordsUnavailable)
    return {
      code: 'RECORDS_UNAVAILABLE',
      detail: 'The records database did not answer in time.',
      retryAfterSeconds: 5,
    };
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return { code: 'BODY_TOO_LARGE', detail: 'Send a smaller body.' };
  if (status === 415) return { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'Send application/json.' };
  if (status !== undefined && status < 500) return { code: 'INVALID_REQUEST', detail: error.message };
  return { code: 'INTERNAL', detail: 'The error was logged.' };
}

/** The only place that turns errors into responses. Fastify also calls it for requests that reach no route. */
export function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error);
  const status = PROBLEM_STATUS[problem.code];
  if (status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
  else request.log.info({ code: problem.code, detail: problem.detail }, 'request rejected');
  return send(reply, problem);
}

/** @param webhookPath the path at which webhooks are served, for a proxy that sends them to another one */
export function answerWithProblems(app: FastifyInstance, webhookPath: string): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const { method, headers } = request;
    const came = `${method} ${request.url.split('?')[0] ?? ''}`;
    const isWebhook = headers['signature-input'] !== undefined;
    if (isWebhook) request.log.warn({ came, webhookPath }, 'signed request to a path that is not served');
    const hint = isWebhook ? ` WEBHOOK_PATH is ${webhookPath}.` : '';
    return send(reply, { code: 'NOT_FOUND', detail: `No route ${came}.${hint}` });
  });
}
