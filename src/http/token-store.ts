/** The tokens that are valid just now, known by their hashes only. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyBaseLogger } from 'fastify';
import { parseTokens, withoutValues, type ApiToken } from '../api-tokens';
import { rolesOf } from '../roles';

export interface TokenStore {
  find(presented: string): ApiToken | undefined;
  /** False once a token that was found is no longer valid, or has other roles. */
  stillHolds(token: ApiToken): boolean;
}

interface KnownToken extends ApiToken {
  hash: Buffer;
}

/** Tokens that stay as they are. */
export function fixedTokens(tokens: ApiToken[]): TokenStore {
  const known = withHashes(tokens);
  return storeOf(() => known);
}

/** Milliseconds; a token that is taken out of the file is valid for so long at most. */
const RELOAD_EVERY_MS = 2_000;

export interface ReloadedTokensOptions {
  /** Path of the file. */
  file: string;
  /** What it held at the start. */
  first: ApiToken[];
  logger: FastifyBaseLogger;
  /** Default 2,000. */
  reloadEveryMs?: number;
}

/**
 * Tokens of a file that is read again and again, since what watches files misses how secrets are replaced in containers.
 * While it cannot be used the tokens stay as they were, and the log says so once for each content.
 */
export function reloadedTokens({
  file,
  first,
  logger,
  reloadEveryMs = RELOAD_EVERY_MS,
}: ReloadedTokensOptions): TokenStore & { stop(): void } {
  let known = withHashes(first);
  let complained: string | undefined;

  async function reload(): Promise<void> {
    try {
      const tokens = parseTokens(await readFile(file, 'utf8'));
      complained = undefined;
      const gone = known.filter((token) => !tokens.some((other) => isSame(token, other)));
      const added = tokens.filter((token) => !known.some((other) => isSame(token, other)));
      if (gone.length + added.length === 0) return;
      known = withHashes(tokens);
      logger.info({ added: added.map(named), removed: gone.map(named) }, 'API tokens were read again');
    } catch (error) {
      const why = withoutValues(error);
      if (why !== complained)
        logger.error({ why }, 'API_TOKENS_FILE cannot be used; the tokens stay as they were');
      complained = why;
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
      // Comparing hashes of equal length in constant time, all of them, tells an attacker nothing about the tokens.
      const hash = createHash('sha256').update(presented).digest();
      let found: ApiToken | undefined;
      for (const token of current()) if (timingSafeEqual(token.hash, hash)) found = token;
      return found;
    },
    stillHolds: (token) => current().some((other) => isSame(token, other)),
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
