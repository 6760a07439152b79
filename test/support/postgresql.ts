/** A PostgreSQL server of its own, for drills. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tools/temporal-server/free-port';
import { runProgram } from '../../tools/temporal-server/run-program';
import { startSupervised } from '../../tools/temporal-server/supervised-process';
import { until } from './until';

export interface PostgresServer {
  port: number;
  stop(): Promise<void>;
}

/** @param programs paths of `initdb` and `postgres` */
export async function startPostgres(
  programs: Record<'initdb' | 'postgres', string>,
  { user, password }: { user: string; password: string },
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'drill-postgresql-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  const prefix = await unprivileged(folder, [data, passwordFile]);
  const run = (program: string, args: string[]): [string, string[]] => {
    const [first = program, ...others] = [...prefix, program, ...args];
    return [first, others];
  };
  const initialise = ['-D', data, '-U', user, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await runProgram(...run(programs.initdb, initialise), { timeoutMs: 60_000 });

  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = startSupervised(
    ...run(programs.postgres, ['-D', data, '-p', String(port), '-k', folder, ...settings]),
  );
  await until('PostgreSQL', () => {
    if (server.endedWith() !== undefined) throw new Error(`PostgreSQL: ${server.lastWords()}`);
    return Promise.resolve(server.lastWords().includes('ready to accept connections'));
  });
  return {
    port,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root: gives it the files, and returns the words before its commands. */
async function unprivileged(folder: string, [data = '', ...files]: string[]): Promise<string[]> {
  await mkdir(data, { mode: 0o700 });
  if (process.getuid?.() !== 0) return [];
  const id = async (option: string): Promise<number> =>
    Number((await runProgram('id', [option, 'postgres'], { timeoutMs: 10_000 })).stdout);
  const [uid, gid] = [await id('-u'), await id('-g')];
  for (const path of [folder, data, ...files]) await chown(path, uid, gid);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}
