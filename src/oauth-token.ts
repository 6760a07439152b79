/** An access token as the token endpoint gave it. */
export interface IssuedToken {
  value: string;
  expiresInSeconds: number;
}

export interface TokenCacheOptions {
  /** Asks the token endpoint. Its errors are passed on to everybody who waits. */
  fetch: () => Promise<IssuedToken>;
  clock: { now(): number };
}

/** A cache for one token of the OAuth 2.0 client credentials grant, which has no refresh token. */
export interface TokenCache {
  /** A valid token; fetched at most once at a time, however many ask. */
  current(): Promise<string>;
  /** Forgets `token` after a 401. Does nothing when another one has taken its place meanwhile. */
  invalidate(token: string): void;
}

const EARLY_MS = 60_000;

interface HeldToken {
  value: string;
  refreshAt: number;
  expiresAt: number;
}

/**
 * A token is renewed 60 s before it expires, or after half its life where that is shorter. When the renewal fails, the
 * old token serves until it expires; never longer.
 */
export function createTokenCache({ fetch, clock }: TokenCacheOptions): TokenCache {
  let held: HeldToken | undefined;
  let flight: Promise<string> | undefined;

  async function renew(): Promise<string> {
    // The life is counted from before the question: the answer may have been long on its way.
    const askedAt = clock.now();
    const { value, expiresInSeconds } = await fetch();
    const lifeMs = Math.max(0, expiresInSeconds * 1000);
    held = {
      value,
      refreshAt: askedAt + lifeMs - Math.min(EARLY_MS, lifeMs / 2),
      expiresAt: askedAt + lifeMs,
    };
    return value;
  }

  return {
    async current() {
      if (held !== undefined && clock.now() < held.refreshAt) return held.value;
      flight ??= renew().finally(() => {
        flight = undefined;
      });
      try {
        return await flight;
      } catch (error) {
        if (held !== undefined && clock.now() < held.expiresAt) return held.value;
        throw error;
      }
    },
    invalidate(token) {
      if (held?.value === token) held = undefined;
    },
  };
}
