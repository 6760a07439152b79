import type { Dispatcher } from 'undici';
import { retryAfterMs } from '../errors';
import type { IssuedToken, TokenCache } from '../oauth-token';
import { createTokenCache } from '../oauth-token';
import { describeErrorBody, readErrorBody } from './error-body';
import { EswRetry, EswUnauthorised } from './errors';
import { parseJson } from '../json';
import { isTransient, post } from './post';
import { eswTokenSchema } from './schemas';

export interface EswTokenOptions {
  dispatcher: Dispatcher;
  /** `https://security-sts.{environment}.eshopworld.{suffix}/connect/token` (esw-order-event.md 3). */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Space separated. */
  scope: string;
  timeoutMs: number;
  clock: { now(): number };
}

/**
 * The token of one client at ESW's Security Token Service.
 *
 * It throws EswUnauthorised where ESW refuses a token, and EswRetry for the rest.
 */
export function createEswToken(options: EswTokenOptions): TokenCache {
  const { dispatcher, tokenUrl, clientId, clientSecret, scope, timeoutMs, clock } = options;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

  async function fetch(): Promise<IssuedToken> {
    const answer = await post(dispatcher, tokenUrl, headers, form.toString(), { timeoutMs }).catch(
      (cause: unknown) => {
        throw new EswRetry(`No token from ESW: ${String(cause)}`, { cause });
      },
    );
    const { status, ok, text, headers: answered } = answer;
    const token = ok ? eswTokenSchema.safeParse(parseJson(text)).data : undefined;
    if (token !== undefined) return { value: token.access_token, expiresInSeconds: token.expires_in };

    // A 2xx that is no token is not quoted: it may be one in another dress.
    const body = ok ? undefined : readErrorBody(text);
    const why = body === undefined ? 'its body is no token' : describeErrorBody(body);
    const message = `No token from ESW: ${status}, ${why}`;
    if (ok || isTransient(status)) {
      throw new EswRetry(message, {
        status,
        body,
        retryAfterMs: retryAfterMs(answered['retry-after'], clock.now()),
      });
    }
    throw new EswUnauthorised(message, { status, body });
  }

  return createTokenCache({ fetch, clock });
}
