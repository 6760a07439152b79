/** Bearer tokens with roles. Tokens are known by their hashes only. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ApiToken, Role } from '../config';
import { HttpProblem } from './problem';

export type Authorize = (request: FastifyRequest) => Promise<void>;

/** Whose token a request came with. */
const callers = new WeakMap<FastifyRequest, ApiToken>();

/**
 * A check for one kind of call: every known token may `read`; anything else takes a token of just that role, so that who
 * operates does not trade and who trades does not operate.
 *
 * Comparing hashes of equal length in constant time tells an attacker nothing about the token.
 */
export function authorize(tokens: ApiToken[], needed: Role): Authorize {
  const known = tokens.map((token) => ({ ...token, hash: Buffer.from(token.sha256, 'hex') }));
  return async (request) => {
    const [, presented] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (presented === undefined)
      throw new HttpProblem('UNAUTHENTICATED', 'Send "Authorization: Bearer <token>".');
    const hash = createHash('sha256').update(presented).digest();
    const token = known.find((candidate) => timingSafeEqual(candidate.hash, hash));
    if (token === undefined) throw new HttpProblem('UNAUTHENTICATED', 'The token is not known.');
    if (needed !== 'read' && token.role !== needed) {
      throw new HttpProblem(
        'FORBIDDEN',
        `This call needs a token with the role ${needed}; this one has ${token.role}.`,
      );
    }
    callers.set(request, token);
    return Promise.resolve();
  };
}

/** @throws Error for a request that {@link authorize} has not let in */
export function callerOf(request: FastifyRequest): Pick<ApiToken, 'name' | 'role'> {
  const token = callers.get(request);
  if (token === undefined) throw new Error('The route does not ask for a token');
  return token;
}
