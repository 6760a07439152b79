/** Authentication by bearer token, authorisation by role, and rate limits. */
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiToken } from '../../config/api-tokens';
import type { HttpLimits } from '../../config/config';
import { rolesOf, type Role } from '../../app/roles';
import type { TokenStore } from './token-store';
import { CallError } from '../../app/errors';

/** An `onRequest` hook. */
export type Authorize = (request: FastifyRequest) => Promise<void>;

export interface Guard {
  /**
   * Returns a hook that requires one of the roles. Every valid token may `read`. No role includes another, so that placing
   * and operating can be separated.
   */
  needs(...roles: [Role, ...Role[]]): Authorize;
  /** @throws Error for a request that passed none of these checks */
  callerOf(request: FastifyRequest): ApiToken;
  /** Same as {@link callerOf}, also for rejected requests; undefined for an unknown token. */
  knownCallerOf(request: FastifyRequest): ApiToken | undefined;
  /** False once the token of an earlier request was revoked or changed. */
  isStillValid(token: ApiToken): boolean;
}

const A_MINUTE_MS = 60_000;

/** @param limits absent for none */
export async function createGuard(
  app: FastifyInstance,
  tokens: TokenStore,
  limits?: Pick<HttpLimits, 'requestsPerMinute' | 'failuresPerMinute'>,
): Promise<Guard> {
  const callers = new WeakMap<FastifyRequest, ApiToken>();
  const counters = limits && (await createCounters(app, limits, callers));

  /** A valid token always passes, also from an address that others fill with unknown ones, as all do behind a proxy. */
  async function identify(request: FastifyRequest): Promise<ApiToken> {
    const [, presented] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (presented === undefined)
      throw new CallError('UNAUTHENTICATED', 'Send "Authorization: Bearer <token>".');
    const token = tokens.find(presented);
    if (token !== undefined) return token;
    const failures = await counters?.ofAddress(request);
    if (failures && !failures.isAllowed && failures.isExceeded)
      throw tooMany(failures, 'unknown tokens from this address');
    throw new CallError('UNAUTHENTICATED', 'This token is not valid. Check that you copied all of it.');
  }

  return {
    needs:
      (...needed) =>
      async (request) => {
        const token = await identify(request);
        callers.set(request, token);
        const requests = await counters?.ofToken(request);
        if (requests && !requests.isAllowed && requests.isExceeded)
          throw tooMany(requests, 'requests with this token');
        const roles = rolesOf(token);
        if (needed.some((role) => role === 'read' || roles.includes(role))) return;
        throw new CallError(
          'FORBIDDEN',
          `This call requires the role ${needed.join(' or ')}; this token has ${roles.join(', ')}.`,
        );
      },
    callerOf(request) {
      const token = callers.get(request);
      if (token === undefined) throw new Error('The route does not require a token');
      return token;
    },
    knownCallerOf: (request) => callers.get(request),
    isStillValid: (token) => tokens.isStillValid(token),
  };
}

type Counter = ReturnType<FastifyInstance['createRateLimit']>;

async function createCounters(
  app: FastifyInstance,
  limits: Pick<HttpLimits, 'requestsPerMinute' | 'failuresPerMinute'>,
  callers: WeakMap<FastifyRequest, ApiToken>,
): Promise<{ ofToken: Counter; ofAddress: Counter }> {
  await app.register(rateLimit, { global: false });
  return {
    ofToken: app.createRateLimit({
      max: limits.requestsPerMinute,
      timeWindow: A_MINUTE_MS,
      keyGenerator: (request) => callers.get(request)?.sha256 ?? '',
    }),
    ofAddress: app.createRateLimit({
      max: limits.failuresPerMinute,
      timeWindow: A_MINUTE_MS,
      keyGenerator: ({ ip }) => normalizeIP(ip),
    }),
  };
}

function tooMany({ max, ttlInSeconds }: { max: number; ttlInSeconds: number }, what: string): CallError {
  const detail = `The limit is ${max} ${what} per minute.`;
  return new CallError('TOO_MANY_REQUESTS', detail, undefined, {
    retryAfterSeconds: Math.max(1, ttlInSeconds),
  });
}
