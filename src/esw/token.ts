import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { parseJson } from '../lib/json';
import { createTokenCache, expiresInSchema, type IssuedToken, type TokenCache } from '../lib/oauth-token';
import { EswNoAnswer, EswNoToken } from './errors';
import { meaningOfAnswer, retryResult, refusalOf } from './outcome';
import { post } from './post';
import type { Redact } from './redaction';
import { clockSkewMs } from '../partners/clock-skew';
import { reported, type ClientReports } from '../partners/request-report';

export interface EswTokenOptions extends Omit<ClientReports, 'onTurn'> {
  dispatcher: Dispatcher;
  /** `https://security-sts.{environment}.eshopworld.{suffix}/connect/token` (references/esw.md#authentication). */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Several scopes are separated by spaces. */
  scope: string;
  /** Time limit from connecting to the last byte of the answer. */
  timeoutMs: number;
  clock: { now(): number };
  redact: Redact;
}

/** Accepts every character that a header allows, more than RFC 6750 2.1. */
const answerSchema = z.object({
  access_token: z.string().regex(/^[!-~]+$/),
  expires_in: expiresInSchema,
});

/**
 * Seconds. With this minimum the cache, which renews short-lived tokens after half their lifetime, requests at most one
 * every 10 s. A token that expires earlier costs one 401.
 */
const MIN_LIFETIME_S = 20;

/** The token of a client at ESW's Security Token Service. @throws EswNoToken from its methods */
export function createEswToken(options: EswTokenOptions): TokenCache {
  const { dispatcher, tokenUrl, clientId, clientSecret, scope, timeoutMs, clock, redact } = options;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };

  async function fetch(): Promise<IssuedToken> {
    const sentAt = clock.now();
    const answer = await reported('POST token', options.onRequest, () =>
      post(dispatcher, tokenUrl, headers, form.toString(), { timeoutMs }),
    ).catch((cause: unknown) => {
      if (!(cause instanceof EswNoAnswer)) throw cause;
      const message = redact(`No token from ESW, no answer: ${cause.message}`);
      throw new EswNoToken({ outcome: 'retry', refusal: { message } });
    });
    const { status, text } = answer;
    const skew = clockSkewMs(answer.headers, { sentAt, receivedAt: clock.now() });
    if (skew !== undefined) options.onClockSkew?.(skew);
    if (status >= 200 && status < 300) {
      const token = answerSchema.safeParse(parseJson(text)).data;
      if (token !== undefined) {
        return {
          value: token.access_token,
          expiresInSeconds: Math.max(MIN_LIFETIME_S, token.expires_in),
        };
      }
      // Without the body: it may contain a token.
      const message = `No token from ESW: ${status}, without a token in its body`;
      throw new EswNoToken({ outcome: 'unauthorised', refusal: { status, message } });
    }
    const refusal = refusalOf(`No token from ESW: ${status}`, answer, redact);
    const meaning = meaningOfAnswer(answer);
    throw new EswNoToken(
      meaning === 'busy' || meaning === 'unavailable'
        ? retryResult(answer, refusal, clock.now())
        : { outcome: 'unauthorised', refusal },
    );
  }

  return createTokenCache({ fetch, clock, onToken: options.onToken });
}
