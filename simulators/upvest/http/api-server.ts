import fastify, { type FastifyInstance, type FastifyRequest, type preHandlerHookHandler } from 'fastify';
import { v4 as uuid } from 'uuid';
import type { z } from 'zod';
import type { AccessTokens, Scope } from '../access/access-tokens';
import type { CallLog } from './call-log';
import type { SchemaDrift } from '../behaviour/schema-drift';
import type { Faults } from './faults';
import { Problem, problem } from './problem';
import type { RateLimit } from './rate-limit';
import type { RequestVerifier } from '../access/request-signature';

/** Maximum request body; a raw webhook sent to the control plane may be large. */
const bodyLimitBytes = 8 * 1024 * 1024;

/** A server that keeps raw bodies and responds to errors with application/problem+json and `upvest-request-id`. */
export function createApiServer(): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: bodyLimitBytes,
    genReqId: () => uuid(),
    // The control plane's release waits until all webhook deliveries are done.
    requestTimeout: 0,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body.length === 0 ? undefined : body);
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('upvest-request-id', request.id);
    done();
  });
  app.setErrorHandler(async (error, request, reply) => {
    const failure = error instanceof Problem ? error : problem(statusOf(error), describe(error));
    await reply
      .code(failure.status)
      .type('application/problem+json')
      // Sent as bytes, since Fastify would add a charset to the type of a string.
      .send(Buffer.from(JSON.stringify(failure.body(request.id, request.url))));
  });
  app.setNotFoundHandler(() => {
    throw problem(404, 'Not found: the simulator does not support this endpoint');
  });
  return app;
}

export interface ApiGuards {
  clientId: string;
  verifier: RequestVerifier;
  faults: Faults;
  drift: SchemaDrift;
  rateLimit: RateLimit;
  calls: CallLog;
  retryAfterHeader: boolean;
}

/** Adds the checks and faults that apply to every API call; the control plane is registered outside of it. */
export function guardApi(api: FastifyInstance, guards: ApiGuards): void {
  api.addHook('onRequest', (request, _reply, done) => {
    guards.calls.addRequest(request);
    done();
  });
  api.addHook('onResponse', (request, reply, done) => {
    if (!guards.faults.wasAborted(request)) guards.calls.addResponse(request, reply.statusCode);
    done();
  });
  api.addHook('onRequest', (_request, reply, done) => {
    // One limit for all calls: there is a single client.
    if (guards.rateLimit.tryAcquire()) {
      done();
      return;
    }
    if (guards.retryAfterHeader) void reply.header('retry-after', '1');
    throw problem(429, 'Too many requests in one second');
  });
  api.addHook('onRequest', (request, reply) => guards.faults.beforeEffect(request, reply));
  api.addHook('preHandler', async (request) => {
    const { headers, method, url, raw } = request;
    if (headers['upvest-client-id'] === undefined) {
      throw new Problem(400, 'missing_client_id', 'The header upvest-client-id is required');
    }
    if (headers.accept !== 'application/json') throw problem(406, 'accept must be application/json');
    const body = rawBody(request);
    await guards.verifier.check({ method, target: raw.url ?? url, headers, body });
    if (headers['upvest-client-id'] !== guards.clientId) throw problem(401, 'Unknown client id');
    const version = headers['upvest-api-version'];
    if (version !== undefined && version !== '1') throw problem(400, 'upvest-api-version must be 1');
  });
  api.addHook('preSerialization', (_request, _reply, payload, done) => {
    done(null, guards.drift.response(payload));
  });
  api.addHook('onSend', (request, reply, payload) => guards.faults.afterEffect(request, reply, payload));
}

export function requireScope(tokens: AccessTokens, scope: Scope): { preHandler: preHandlerHookHandler } {
  return {
    preHandler: (request, _reply, done) => {
      tokens.check(request.headers.authorization, scope);
      done();
    },
  };
}

export function rawBody(request: FastifyRequest): Buffer | undefined {
  return Buffer.isBuffer(request.body) ? request.body : undefined;
}

/** The body as JSON of the given shape. @throws Problem 400 that names the invalid field. */
export function jsonBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  const text = rawBody(request)?.toString('utf8');
  if (text === undefined) throw problem(400, 'The request has no body');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem(400, 'The body is not JSON');
  }
  return parsed(value, schema);
}

export function query<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  return parsed(request.query, schema);
}

export function pathId(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? '';
}

function parsed<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.') || '(body)'}: ${message}`);
  throw problem(400, issues.join('; '));
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
