/**
 * The process of an embedded database: `node dist/tools/embedded-database/main.js [folder [--fresh]]`. Prints its URL and serves it
 * until its stdin ends, which is at the latest the end of the process that started it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { packageRoot } from '../../src/lib/package-root';
import { cached, cacheFolder, keep } from './cache';
import { startGateway } from './gateway';
import { lock } from './lock';

const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
  devDependencies: Readonly<Record<string, string>>;
};

/** A cluster as `initdb` leaves it. */
const pristine = join(cacheFolder(), `pglite-${devDependencies['@electric-sql/pglite']}`, 'pristine.tar');

async function open(folder: string | undefined): Promise<PGlite> {
  const place = folder === undefined ? {} : { dataDir: folder };
  if (folder !== undefined && existsSync(join(folder, 'PG_VERSION'))) return PGlite.create(place);
  const known = await cached(pristine);
  if (known !== undefined)
    return PGlite.create({ ...place, loadDataDir: new Blob([Uint8Array.from(known)]) });
  const database = await PGlite.create(place);
  const files = await database.dumpDataDir('none');
  // A full disk makes the next start slower, and nothing else.
  await keep(pristine, new Uint8Array(await files.arrayBuffer())).catch((error: unknown) => {
    process.stderr.write(`cannot write ${pristine}: ${String(error)}\n`);
  });
  return database;
}

async function main(folder?: string, option?: string): Promise<void> {
  const ended = new Promise((resolve) => process.stdin.resume().once('end', resolve).once('error', resolve));
  const release = folder === undefined ? () => Promise.resolve() : await lock(folder);
  if (folder !== undefined && option === '--fresh') await rm(folder, { recursive: true, force: true });
  const database = await open(folder);
  const gateway = await startGateway(database);
  process.stdout.write(`postgresql://postgres@127.0.0.1:${gateway.port}/postgres\n`);
  await ended;
  await gateway.stop();
  await database.close();
  await release();
}

main(...process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
