/** What the doctor asks of Upvest: reads, and tokens. */
import { randomUUID } from 'node:crypto';
import { Agent } from 'undici';
import { createUpvestClient, type UpvestClient, type UpvestClientOptions } from '../upvest/client';
import { createSignedExchange, type SignedExchange } from '../upvest/signed-exchange';
import { createSpacing } from '../upvest/spacing';
import { createUpvestTokens, type UpvestScope } from '../upvest/token';

export interface UpvestProbe extends Pick<UpvestClient, 'listWebhooks' | 'readVerifyKeys'> {
  /** Resolves when Upvest gives a token for the scope. @throws as the client's calls do */
  token(scope: UpvestScope): Promise<void>;
  /** How far our clock is ahead of Upvest's, in milliseconds, by its last answer to {@link token}; to a second or so. */
  skewMs(): number | undefined;
  close(): Promise<void>;
}

export function createUpvestProbe(options: UpvestClientOptions, timeoutMs: number): UpvestProbe {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } });
  const exchange = createSignedExchange({
    ...options,
    dispatcher,
    clock: Date,
    nonce: randomUUID,
    timeoutMs,
    turn: createSpacing(options.requestsPerSecond ?? 1),
  });
  let skew: number | undefined;
  const send: SignedExchange = async (request) => {
    const askedAt = Date.now();
    const answer = await exchange(request);
    const theirs = Date.parse(answer.headers.date ?? '');
    // The header has whole seconds: on average the true time is half of one later.
    if (!Number.isNaN(theirs)) skew = (askedAt + Date.now()) / 2 - (theirs + 500);
    return answer;
  };
  const tokens = createUpvestTokens({ ...options, send, clock: Date });
  const client = createUpvestClient({ ...options, dispatcher, requestTimeoutMs: timeoutMs });
  return {
    async token(scope) {
      await tokens(scope).current();
    },
    skewMs: () => skew,
    listWebhooks: () => client.listWebhooks(),
    readVerifyKeys: () => client.readVerifyKeys(),
    close: () => dispatcher.close(),
  };
}
