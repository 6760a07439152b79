import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { parseJson } from '../json';
import { createTokenCache, type IssuedToken, type TokenCache } from '../oauth-token';
import { EswNoAnswer, EswNoToken } from './errors';
import { isTransient, laterOf, refusalOf } from './outcome';
import { post } from './post';
import type { Hide } from './secrets';

export interface EswTokenOptions {
  dispatcher: Dispatcher;
  /** `https://security-sts.{environment}.eshopworld.{suffix}/connect/token` (esw-order-event.md 3). */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Space separated where there are several. */
  scope: string;
  /** From connecting to the last byte of the answer. */
  timeoutMs: number;
  clock: { now(): number };
  hide: Hide;
}

/** RFC 6750 2.1 allows fewer characters; all that a header can carry are taken. */
const answerSchema = z.object({ access_token: z.string().regex(/^[!-~]+$/), expires_in: z.number() });

/**
 * The cache renews a token after half its life where that is short, so that it asks at most every 10 s whatever
 * `expires_in` says. A token that ends earlier than it is held costs one 401.
 */
const SHORTEST_LIFE_S = 20;

/** The token of one client at ESW's Security Token Service. It throws EswNoToken. */
export function createEswToken(options: EswTokenOptions): TokenCache {
  const { dispatcher, tokenUrl, clientId, clientSecret, scope, timeoutMs, clock, hide } = options;
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
        if (!(cause instanceof EswNoAnswer)) throw cause;
        const message = hide(`No token from ESW, no answer: ${cause.message}`);
        throw new EswNoToken({ outcome: 'retry', refusal: { message } });
      },
    );
    const { status, ok, text } = answer;
    if (ok) {
      const token = answerSchema.safeParse(parseJson(text)).data;
      if (token !== undefined) {
        return {
          value: token.access_token,
          expiresInSeconds: Math.max(SHORTEST_LIFE_S, token.expires_in),
        };
      }
      // Not a word of the body: it may be a token in another dress.
      const refusal = { status, message: `No token from ESW: ${status}, its body is no token` };
      throw new EswNoToken(laterOf(answer, refusal, clock.now()));
    }
    const refusal = refusalOf(`No token from ESW: ${status}`, answer, hide);
    throw new EswNoToken(
      isTransient(status) ? laterOf(answer, refusal, clock.now()) : { outcome: 'unauthorised', refusal },
    );
  }

  return createTokenCache({ fetch, clock });
}
