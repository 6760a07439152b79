import type { IssuedToken, TokenCache } from '../../lib/oauth-token';
import { createTokenCache } from '../../lib/oauth-token';
import { UpvestRetry, UpvestUnauthorised } from './errors';
import { ExchangeFailed } from './exchange';
import { describeIssues, parseJson } from '../../lib/json';
import { classify } from './outcome';
import { requestIdOf } from './problem';
import { tokenSchema } from '../model/schemas';
import type { SignedExchange } from './signed-exchange';

/**
 * Scope of a token (references/upvest.md#authentication). Upvest advises separate tokens for reading and writing, so
 * that a process that only reads never holds a token that can place orders.
 */
export type UpvestScope =
  'portfolios:admin' | 'portfolios:read orders:read' | 'webhooks:admin' | 'webhooks:read';

export interface UpvestTokenOptions {
  send: SignedExchange;
  clientId: string;
  clientSecret: string;
  clock: { now(): number };
  onToken?: ((expiresAt: number) => void) | undefined;
}

/**
 * The tokens of one client, one cache per scope. They throw UpvestRetry when Upvest is unavailable, and UpvestUnauthorised
 * for every other answer: the call that needed the token was not sent, so its outcome is never unknown.
 */
export function createUpvestTokens(options: UpvestTokenOptions): (scope: UpvestScope) => TokenCache {
  const caches = new Map<UpvestScope, TokenCache>();
  return (scope) => {
    const known = caches.get(scope);
    if (known !== undefined) return known;
    const cache = createTokenCache({ ...options, fetch: () => fetchToken(options, scope) });
    caches.set(scope, cache);
    return cache;
  };
}

async function fetchToken(
  { send, clientId, clientSecret, clock }: UpvestTokenOptions,
  scope: UpvestScope,
): Promise<IssuedToken> {
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'client_credentials',
    scope,
  });
  const answer = await send({
    method: 'POST',
    path: '/auth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString(), 'utf8'),
  }).catch((error: unknown) => {
    if (error instanceof ExchangeFailed)
      throw new UpvestRetry(`No token: ${error.message}`, { cause: error });
    throw error;
  });

  if (answer.status >= 200 && answer.status < 300) {
    const token = tokenSchema.safeParse(parseJson(answer.text));
    if (token.success) return { value: token.data.access_token, expiresInSeconds: token.data.expires_in };
    // Without the body: it may contain the token.
    const why = describeIssues(token.error);
    throw new UpvestUnauthorised(`No token for ${scope}: ${answer.status} with an unreadable body, ${why}`, {
      status: answer.status,
      requestId: requestIdOf(answer),
    });
  }
  const { meaning, message, facts } = classify(answer, clock.now());
  if (meaning === 'busy' || meaning === 'unavailable')
    throw new UpvestRetry(`No token for ${scope}: ${message}`, facts);
  throw new UpvestUnauthorised(`No token for ${scope}: ${message}`, facts);
}
