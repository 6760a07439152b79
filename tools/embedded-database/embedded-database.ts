/**
 * A PostgreSQL without installation, for development and tests: PGlite in a process of its own. It is one session that
 * clients take in turn; production uses a PostgreSQL server.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/lib/package-root';

export interface EmbeddedDatabase {
  /** For `DATABASE_URL`. */
  readonly url: string;
  readonly pid?: number;
  /** Ends it and waits until it is gone. May be called twice. */
  stop(): Promise<void>;
}

export interface EmbeddedDatabaseOptions {
  /** Folder that outlives the database, used by one process at a time; in memory if left out. */
  readonly folder?: string;
  /** Empties the folder first. */
  readonly fresh?: boolean;
  /** Takes one line for each step. */
  readonly log?: (line: string) => void;
}

const LAST_WORDS = 4_000;
const STOP_LIMIT_MS = 5_000;

/** Starts a database, which ends with this process at the latest. @throws Error with its last words */
export async function startEmbeddedDatabase({
  folder,
  fresh = false,
  log = () => undefined,
}: EmbeddedDatabaseOptions = {}): Promise<EmbeddedDatabase> {
  const program = join(packageRoot(), 'dist/tools/embedded-database/main.js');
  if (!existsSync(program))
    throw new Error(`${program} is missing. Run "npm run build" first; "npm test" and "npm start" do.`);
  const startedAt = Date.now();
  // Ctrl-C in the terminal does not reach it: its user decides when it is no longer needed.
  const child = spawn(
    process.execPath,
    [program, ...(folder === undefined ? [] : [folder, ...(fresh ? ['--fresh'] : [])])],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-LAST_WORDS)));
  child.stdin.on('error', () => undefined);
  const gone = once(child, 'close');
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    gone.then(() => undefined),
  ]);
  if (url === undefined) throw new Error(`The embedded database did not start:\n${words.trim()}`);
  log(`Database: PGlite at ${url} (started in ${Date.now() - startedAt} ms)`);
  return {
    url,
    ...(child.pid !== undefined && { pid: child.pid }),
    async stop() {
      child.stdin.end();
      const lastResort = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await gone;
      clearTimeout(lastResort);
    },
  };
}
