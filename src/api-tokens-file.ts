/** Changes `API_TOKENS_FILE`: one writer at a time, and a reader sees the old list or the new one, never a part. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTokens, withoutValues, type ApiToken } from './api-tokens';
import type { Role } from './roles';

/** Milliseconds for which a change waits for another one to end. */
const PATIENCE_MS = 10_000;
const RETRY_EVERY_MS = 50;
/** Of a file that did not exist. */
const OWNER_ONLY = 0o600;

/** Nothing is changed; the message is for people. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
}

/**
 * Makes a token and adds its hash to the file, which it creates where there is none.
 *
 * @returns the token, which is kept nowhere
 * @throws TokensFileError
 */
export async function createToken(
  file: string,
  name: string,
  roles: readonly Role[],
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const sha256 = createHash('sha256').update(token).digest('hex');
  const [first, ...others] = roles;
  if (first === undefined) throw new TypeError('A token has at least one role');
  await change(
    file,
    (tokens) => {
      if (tokens.some((one) => one.name === name))
        throw new TokensFileError(`${file} has a token of the name ${name} already. Nothing was changed.`);
      return [...tokens, { name, role: others.length === 0 ? first : [...roles], sha256 }];
    },
    patienceMs,
  );
  return token;
}

/** Takes out all tokens of a name. @throws TokensFileError where there is none, or no other one */
export async function revokeToken(file: string, name: string): Promise<void> {
  await change(file, (tokens) => {
    const others = tokens.filter((one) => one.name !== name);
    if (others.length === tokens.length)
      throw new TokensFileError(`${file} has no token of the name ${name}. Nothing was changed.`);
    if (others.length === 0)
      throw new TokensFileError(
        `${name} is the only token in ${file}, and a server needs one. Create another one first.`,
      );
    return others;
  });
}

/** @throws TokensFileError where the file cannot be read */
export async function listTokens(file: string): Promise<ApiToken[]> {
  return (await contentOf(file)).tokens;
}

/**
 * The new list is written into a file beside the old one, which it then replaces. That file is also the lock: only one
 * process can create it.
 */
async function change(
  file: string,
  edit: (tokens: ApiToken[]) => ApiToken[],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const path = await realpath(file).catch(() => resolve(file));
  const unfinished = `${path}.lock`;
  const handle = await locked(unfinished, patienceMs);
  try {
    const { tokens, mode, owner } = await contentOf(path, file);
    await handle.writeFile(textOf(edit(tokens)));
    // A server that runs as another user must be able to read the file as before.
    await handle.chmod(mode);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
    await handle.close();
    await rename(unfinished, path);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw inWords(error, file);
  }
}

async function locked(path: string, patienceMs: number): Promise<FileHandle> {
  for (const deadline = Date.now() + patienceMs; ;) {
    try {
      return await open(path, 'wx', OWNER_ONLY);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new TokensFileError(`${dirname(path)} cannot be written (${code ?? 'unknown error'}).`);
      if (Date.now() > deadline)
        throw new TokensFileError(
          `${path} exists: another command changes the tokens, or was interrupted. Delete it if none is running.`,
        );
      await sleep(RETRY_EVERY_MS);
    }
  }
}

interface Content {
  tokens: ApiToken[];
  mode: number;
  /** Where it is not that of this process. */
  owner?: { uid: number; gid: number };
}

/** Of a file that does not exist: no tokens. */
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
    throw inWords(error, shownAs);
  }
}

/** One line for each token. */
function textOf(tokens: ApiToken[]): string {
  return `[\n${tokens.map((token) => `  ${JSON.stringify(token)}`).join(',\n')}\n]\n`;
}

function inWords(error: unknown, file: string): Error {
  if (error instanceof TokensFileError) return error;
  const { syscall, code = '', name } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return new TokensFileError(`${file}: ${syscall} failed (${code}).`);
  return new TokensFileError(`${file} ${name === 'SyntaxError' ? 'is no JSON' : withoutValues(error)}.`);
}
