/** The restore drill on the development server: its file is put back. `RESTORE_ORDERS=300` is the full size. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevServer } from '../../tools/temporal-server/dev-server';
import { freePort } from '../../src/lib/free-port';
import { restoreDrill, type TemporalWithCopies } from '../support/restore-drill';

async function startTemporal(): Promise<TemporalWithCopies> {
  const folder = await mkdtemp(join(tmpdir(), 'restore-drill-'));
  const port = await freePort();
  const start = () => startDevServer({ log: () => undefined, port, dbFilename: join(folder, 'temporal.db') });
  let server = await start();
  /** The file of a stopped server, and what belongs to it. */
  async function copyFile(from: string, to: string): Promise<void> {
    for (const name of await readdir(folder)) if (name.startsWith(to)) await rm(join(folder, name));
    for (const name of await readdir(folder))
      if (name.startsWith(from)) await cp(join(folder, name), join(folder, name.replace(from, to)));
  }
  return {
    address: server.address,
    namespace: server.namespace,
    stop: () => server.stop(),
    async start() {
      server = await start();
    },
    copy: () => copyFile('temporal.db', 'copy.db'),
    restore: () => copyFile('copy.db', 'temporal.db'),
    async end() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

restoreDrill(startTemporal);
