/** What `initdb` makes takes seconds in WebAssembly, so it is kept in the project's cache. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** This project's folder for what can be made or fetched again. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  // An empty variable counts as unset, says the XDG specification.
  const { XDG_CACHE_HOME: home = '' } = env;
  return join(home === '' ? join(homedir(), '.cache') : home, 'portfolio-order-coordinator');
}

/** The content of a file of the cache; undefined if it is not there. */
export async function cached(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file of the cache by one rename, so that no other process reads half of it. */
export async function keep(path: string, content: Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
