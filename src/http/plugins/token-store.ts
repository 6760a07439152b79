/** The valid API tokens, stored as hashes. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyBaseLogger } from 'fastify';
import { parseTokens, withoutValues, type ApiToken } from '../../config/api-tokens';
import { rolesOf } from '../../app/roles';

export interface TokenStore {
  find(presented: string): ApiToken | undefined;
  /** False once the token was revoked or its roles changed. */
  isStillValid(token: ApiToken): boolean;
}

interface KnownToken extends ApiToken {
  hash: Buffer;
}

/** A store whose tokens never change. */
export function fixedTokens(tokens: ApiToken[]): TokenStore {
  const known = withHashes(tokens);
  return storeOf(() => known);
}

/** Milliseconds; a revoked token stays valid for at most this long. */
const RELOAD_EVERY_MS = 2_000;

export interface ReloadedTokensOptions {
  /** Path of the file. */
  file: string;
  /** Its tokens at the start. */
  first: ApiToken[];
  logger: FastifyBaseLogger;
  /** Default 2,000. */
  reloadEveryMs?: number;
}

/**
 * A store that polls its file, since file watchers miss how containers replace secrets. While the file is unusable, the
 * last tokens stay valid, and each distinct error is logged once.
 */
export function reloadedTokens({
  file,
  first,
  logger,
  reloadEveryMs = RELOAD_EVERY_MS,
}: ReloadedTokensOptions): TokenStore & { stop(): void } {
  let known = withHashes(first);
  let lastError: string | undefined;

  async function reload(): Promise<void> {
    try {
      const tokens = parseTokens(await readFile(file, 'utf8'));
      lastError = undefined;
      const removed = known.filter((token) => !tokens.some((other) => isSame(token, other)));
      const added = tokens.filter((token) => !known.some((other) => isSame(token, other)));
      if (removed.length + added.length === 0) return;
      known = withHashes(tokens);
      logger.info({ added: added.map(named), removed: removed.map(named) }, 'API tokens reloaded');
    } catch (error) {
      const why = withoutValues(error);
      if (why !== lastError)
        logger.error({ why }, 'API_TOKENS_FILE is unusable; the last valid tokens stay in use');
      lastError = why;
    }
  }

  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= reload().finally(() => {
      running = undefined;
    });
  }, reloadEveryMs).unref();
  return {
    ...storeOf(() => known),
    stop() {
      clearInterval(timer);
    },
  };
}

function storeOf(current: () => KnownToken[]): TokenStore {
  return {
    find(presented) {
      // Constant time: compares all hashes, each of equal length, so that timing reveals nothing about the tokens.
      const hash = createHash('sha256').update(presented).digest();
      let found: ApiToken | undefined;
      for (const token of current()) if (timingSafeEqual(token.hash, hash)) found = token;
      return found;
    },
    isStillValid: (token) => current().some((other) => isSame(token, other)),
  };
}

function withHashes(tokens: ApiToken[]): KnownToken[] {
  return tokens.map((token) => ({ ...token, hash: Buffer.from(token.sha256, 'hex') }));
}

function isSame(one: ApiToken, other: ApiToken): boolean {
  return one.sha256 === other.sha256 && named(one) === named(other);
}

function named(token: ApiToken): string {
  return `${token.name} (${rolesOf(token).join(', ')})`;
}
