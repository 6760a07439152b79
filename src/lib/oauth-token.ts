import { z } from 'zod';

/** An access token from the token endpoint. */
export interface IssuedToken {
  value: string;
  expiresInSeconds: number;
}

/**
 * Lifetime, in seconds, of a token whose endpoint does not say (RFC 6749 section 5.1 leaves that to documentation). Short: a token
 * that expires earlier costs one 401, a token that lives longer one more request.
 */
export const DEFAULT_LIFETIME_S = 300;

/** `expires_in` of a token response: seconds, also as text. Absent or unreadable: {@link DEFAULT_LIFETIME_S}. */
export const expiresInSchema = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .catch(DEFAULT_LIFETIME_S);

export interface TokenCacheOptions {
  /** Calls the token endpoint. Its errors reach every waiting caller. */
  fetch: () => Promise<IssuedToken>;
  clock: { now(): number };
  /** Called with each new token's end, in milliseconds since the epoch. */
  onToken?: ((expiresAt: number) => void) | undefined;
}

/** Caches one token of the OAuth 2.0 client credentials grant, which has no refresh token. */
export interface TokenCache {
  /** A valid token. Concurrent callers share one request. */
  current(): Promise<string>;
  /** Drops `token` after a 401, unless it was already replaced. */
  invalidate(token: string): void;
}

const EARLY_MS = 60_000;

interface HeldToken {
  value: string;
  refreshAt: number;
  expiresAt: number;
}

/**
 * Renews a token 60 s before it expires, or after half its lifetime if that is shorter. If the renewal fails, the old token
 * is used until it expires.
 */
export function createTokenCache({ fetch, clock, onToken }: TokenCacheOptions): TokenCache {
  let held: HeldToken | undefined;
  let pending: Promise<string> | undefined;

  async function renew(): Promise<string> {
    // The lifetime counts from before the request, since the answer may be slow.
    const requestedAt = clock.now();
    const { value, expiresInSeconds } = await fetch();
    const lifetimeMs = Math.max(0, expiresInSeconds * 1000);
    held = {
      value,
      refreshAt: requestedAt + lifetimeMs - Math.min(EARLY_MS, lifetimeMs / 2),
      expiresAt: requestedAt + lifetimeMs,
    };
    onToken?.(held.expiresAt);
    return value;
  }

  return {
    async current() {
      if (held !== undefined && clock.now() < held.refreshAt) return held.value;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      try {
        return await pending;
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
