/** Who may call what, and how often: bearer tokens with roles. */
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiToken } from '../api-tokens';
import type { HttpLimits } from '../config';
import { rolesOf, type Role } from '../roles';
import { HttpProblem } from './problem';
import type { TokenStore } from './token-store';

/** An `onRequest` hook. */
export type Authorize = (request: FastifyRequest) => Promise<void>;

export interface Guard {
  /**
   * A check for one kind of call: every known token may `read`; anything else takes a token that has just that role. No
   * role includes another, so a deployer can keep placing and operating apart.
   */
  needs(role: Role): Authorize;
  /** @throws Error for a request that none of these checks has let in */
  callerOf(request: FastifyRequest): ApiToken;
  /** As {@link callerOf}, for requests that were refused, too; undefined where the token is not known. */
  knownCallerOf(request: FastifyRequest): ApiToken | undefined;
  /** False once the token of a request that was let in is no longer valid. */
  stillHolds(token: ApiToken): boolean;
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

  async function identify(request: FastifyRequest): Promise<ApiToken> {
    // Of an address that has presented too many unknown tokens no further one is looked at.
    const failures = await counters?.ofAddress(request, { increment: false });
    if (failures && !failures.isAllowed && failures.remaining === 0)
      throw tooMany(failures, 'unknown tokens from this address');
    const [, presented] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (presented === undefined)
      throw new HttpProblem('UNAUTHENTICATED', 'Send "Authorization: Bearer <token>".');
    const token = tokens.find(presented);
    if (token !== undefined) return token;
    await counters?.ofAddress(request);
    throw new HttpProblem('UNAUTHENTICATED', 'The token is not known.');
  }

  return {
    needs: (role) => async (request) => {
      const token = await identify(request);
      callers.set(request, token);
      const requests = await counters?.ofToken(request);
      if (requests && !requests.isAllowed && requests.isExceeded)
        throw tooMany(requests, 'requests with this token');
      const roles = rolesOf(token);
      if (role !== 'read' && !roles.includes(role)) {
        throw new HttpProblem(
          'FORBIDDEN',
          `This call needs a token with the role ${role}; this one has ${roles.join(', ')}.`,
        );
      }
    },
    callerOf(request) {
      const token = callers.get(request);
      if (token === undefined) throw new Error('The route does not ask for a token');
      return token;
    },
    knownCallerOf: (request) => callers.get(request),
    stillHolds: (token) => tokens.stillHolds(token),
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

function tooMany({ max, ttlInSeconds }: { max: number; ttlInSeconds: number }, what: string): HttpProblem {
  const detail = `One minute takes ${max} ${what}.`;
  return new HttpProblem('TOO_MANY_REQUESTS', detail, undefined, {
    retryAfterSeconds: Math.max(1, ttlInSeconds),
  });
}
