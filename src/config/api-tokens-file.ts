/** Edits `API_TOKENS_FILE` atomically, one writer at a time. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTokens, withoutValues, type ApiToken } from './api-tokens';
import type { Role } from '../app/roles';

/** Milliseconds that a change waits for the lock. */
const LOCK_TIMEOUT_MS = 10_000;
const RETRY_EVERY_MS = 50;
/** Mode of a new file. */
const OWNER_ONLY = 0o600;

/** The file was not changed; the message is for people. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
}

/**
 * Creates a token and adds its hash to the file, which it creates if it is missing.
 *
 * @returns the token, which is not stored
 * @throws TokensFileError
 */
export async function createToken(
  file: string,
  name: string,
  roles: readonly Role[],
  lockTimeoutMs = LOCK_TIMEOUT_MS,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const sha256 = createHash('sha256').update(token).digest('hex');
  const [first, ...others] = roles;
  if (first === undefined) throw new TypeError('A token has at least one role');
  await change(
    file,
    (tokens) => {
      if (tokens.some((one) => one.name === name))
        throw new TokensFileError(`${file} already has a token named ${name}. Nothing was changed.`);
      return [...tokens, { name, role: others.length === 0 ? first : [...roles], sha256 }];
    },
    lockTimeoutMs,
  );
  return token;
}

/** Removes all tokens with this name. @throws TokensFileError if there is none, or if no other token would remain */
export async function revokeToken(file: string, name: string): Promise<void> {
  await change(file, (tokens) => {
    const others = tokens.filter((one) => one.name !== name);
    if (others.length === tokens.length)
      throw new TokensFileError(`${file} has no token named ${name}. Nothing was changed.`);
    if (others.length === 0)
      throw new TokensFileError(
        `${name} is the only token in ${file}, and a server needs at least one. Create another token first.`,
      );
    return others;
  });
}

/** @throws TokensFileError if the file cannot be read */
export async function listTokens(file: string): Promise<ApiToken[]> {
  return (await contentOf(file)).tokens;
}

/**
 * Writes the new list to a file that then replaces the old one. That file is also the lock: only one process can create
 * it.
 */
async function change(
  file: string,
  edit: (tokens: ApiToken[]) => ApiToken[],
  lockTimeoutMs = LOCK_TIMEOUT_MS,
): Promise<void> {
  const path = await realpath(file).catch(() => resolve(file));
  const unfinished = `${path}.lock`;
  const handle = await lock(unfinished, lockTimeoutMs);
  try {
    const { tokens, mode, owner } = await contentOf(path, file);
    await handle.writeFile(textOf(edit(tokens)));
    // Keeps the file readable for a server that runs as another user.
    await handle.chmod(mode);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
    await handle.close();
    await rename(unfinished, path);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw asTokensFileError(error, file);
  }
}

async function lock(path: string, lockTimeoutMs: number): Promise<FileHandle> {
  for (const deadline = Date.now() + lockTimeoutMs; ;) {
    try {
      return await open(path, 'wx', OWNER_ONLY);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new TokensFileError(`${dirname(path)} is not writable (${code ?? 'unknown error'}).`);
      if (Date.now() > deadline)
        throw new TokensFileError(
          `${path} exists: another command is changing the tokens, or was interrupted. Delete the file if none is running.`,
        );
      await sleep(RETRY_EVERY_MS);
    }
  }
}

interface Content {
  tokens: ApiToken[];
  mode: number;
  /** Present if it is not the user of this process. */
  owner?: { uid: number; gid: number };
}

/** A missing file has no tokens. */
async function contentOf(path: string, shownAs = path): Promise<Content> {
  try {
    const text = await readFile(path, 'utf8');
    const { mode, uid, gid } = await stat(path);
    const isOurs = uid === process.getuid?.() && gid === process.getgid?.();
    return {
      tokens: /^\s*(\[\s*\])?\s*$/.test(text) ? [] : parseTokens(text),
      mode: mode & 0o777,
      ...(!isOurs && { owner: { uid, gid } }),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { tokens: [], mode: OWNER_ONLY };
    throw asTokensFileError(error, shownAs);
  }
}

/** One line per token. */
function textOf(tokens: ApiToken[]): string {
  return `[\n${tokens.map((token) => `  ${JSON.stringify(token)}`).join(',\n')}\n]\n`;
}

function asTokensFileError(error: unknown, file: string): Error {
  if (error instanceof TokensFileError) return error;
  const { syscall, code = '', name } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return new TokensFileError(`${file}: ${syscall} failed (${code}).`);
  return new TokensFileError(`${file} ${name === 'SyntaxError' ? 'is not JSON' : withoutValues(error)}.`);
}
