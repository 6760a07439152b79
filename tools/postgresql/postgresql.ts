/** A PostgreSQL server of its own, for drills, tests and benchmarks. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { freePort } from '../../src/lib/free-port';
import { runProgram } from '../temporal-server/run-program';
import { startSupervised, type SupervisedProcess } from '../temporal-server/supervised-process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PostgresServer {
  port: number;
  /** Of the server's first process, which starts the others; another one after `restart`. */
  pid(): number | undefined;
  stop(): Promise<void>;
  /** Stops it at once, without a checkpoint, as a crash does. */
  crash(): Promise<void>;
  /** Starts it again after `crash`. */
  restart(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

export type PostgresPrograms = Record<'initdb' | 'postgres', string>;

/** Paths of the programs: on the PATH, or where Debian has them. @throws Error that says how to get them */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): PostgresPrograms {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  // The newest version first.
  debian.sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  const folders = [...(env.PATH ?? '').split(delimiter), ...debian];
  const found = folders.find((folder) => NAMES.every((name) => existsSync(join(folder, name))));
  if (found === undefined)
    throw new Error(
      'PostgreSQL is not installed: neither the PATH nor /usr/lib/postgresql has initdb and postgres. On Debian and Ubuntu: apt-get install postgresql',
    );
  return { initdb: join(found, 'initdb'), postgres: join(found, 'postgres') };
}

const NAMES = ['initdb', 'postgres'];
const DEBIAN = '/usr/lib/postgresql';

/**
 * @param programs paths of `initdb` and `postgres`
 * @param settings of the server, such as `shared_buffers=1GB`
 */
export async function startPostgres(
  programs: PostgresPrograms,
  {
    user,
    password,
    settings: further = [],
  }: { user: string; password: string; settings?: readonly string[] },
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(isRoot() ? temporaryFolderForAll() : tmpdir(), 'drill-postgresql-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  const prefix = await unprivileged(folder, [data, passwordFile]);
  const run = (program: string, args: string[]): [string, string[]] => {
    const [first = program, ...others] = [...prefix, program, ...args];
    return [first, others];
  };
  const initialise = [
    '--no-sync',
    '-D',
    data,
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
  ];
  await runProgram(...run(programs.initdb, initialise), { timeoutMs: 60_000 });

  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', ...further].flatMap((one) => ['-c', one]);
  const boot = async (): Promise<SupervisedProcess> => {
    const server = startSupervised(
      ...run(programs.postgres, ['-D', data, '-p', String(port), '-k', folder, ...settings]),
    );
    for (const startedAt = Date.now(); !server.lastWords().includes('ready to accept connections');) {
      const hasFailed = server.endedWith() !== undefined || Date.now() - startedAt > START_LIMIT_MS;
      if (hasFailed) {
        await server.stop();
        throw new Error(`PostgreSQL does not start: ${server.lastWords()}`);
      }
      await sleep(50);
    }
    return server;
  };
  let server = await boot();
  return {
    port,
    pid: () => server.pid,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    crash: () => server.end('SIGQUIT'),
    async restart() {
      server = await boot();
    },
  };
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** For files that root hands to another user, who may not enter a temporary folder of root's own. */
export function temporaryFolderForAll(own = tmpdir()): string {
  const isOpen = (path: string): boolean =>
    (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isOpen(dirname(path)));
  return isOpen(own) ? own : '/tmp';
}

/** PostgreSQL does not run as root: gives it the files, and returns the words before its commands. */
async function unprivileged(folder: string, [data = '', ...files]: string[]): Promise<string[]> {
  await mkdir(data, { mode: 0o700 });
  if (!isRoot()) return [];
  const id = async (option: string): Promise<number> =>
    Number((await runProgram('id', [option, 'postgres'], { timeoutMs: 10_000 })).stdout);
  const [uid, gid] = [await id('-u'), await id('-g')];
  for (const path of [folder, data, ...files]) await chown(path, uid, gid);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}
