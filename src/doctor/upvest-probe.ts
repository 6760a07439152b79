/** The doctor's calls to Upvest: reads and tokens. */
import { randomUUID } from 'node:crypto';
import { Agent } from 'undici';
import { createUpvestClient, type UpvestClient, type UpvestClientOptions } from '../upvest/client/client';
import { UNLEASED_PER_SECOND } from '../upvest/client/leased-rate';
import { createSignedExchange } from '../upvest/client/signed-exchange';
import { createRateLimiter } from '../upvest/client/rate-limiter';
import { createUpvestTokens, type UpvestScope } from '../upvest/client/token';

export interface UpvestProbe extends Pick<UpvestClient, 'listWebhooks' | 'readVerifyKeys'> {
  /** Resolves when Upvest issues a token for the scope. @throws the errors of the client's calls */
  token(scope: UpvestScope): Promise<void>;
  /** Milliseconds that our clock is ahead of Upvest's, by its last answer to {@link token}; accurate to about 1 s. */
  skewMs(): number | undefined;
  close(): Promise<void>;
}

export function createUpvestProbe(options: UpvestClientOptions, timeoutMs: number): UpvestProbe {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } });
  let skew: number | undefined;
  const onClockSkew = (ms: number): void => {
    skew = ms;
  };
  // A doctor beside a busy deployment takes nothing of its budget.
  const requestsPerSecond = UNLEASED_PER_SECOND;
  const acquireSlot = createRateLimiter(requestsPerSecond);
  const send = createSignedExchange({
    ...options,
    dispatcher,
    clock: Date,
    nonce: randomUUID,
    timeoutMs,
    acquireSlot,
    onClockSkew,
  });
  const tokens = createUpvestTokens({ ...options, send, clock: Date });
  const client = createUpvestClient({
    ...options,
    dispatcher,
    requestTimeoutMs: timeoutMs,
    requestsPerSecond,
  });
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
