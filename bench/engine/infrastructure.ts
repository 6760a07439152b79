/** Temporal and PostgreSQL for the benchmark: real servers where their programs are installed, else what the tests use. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '../../src/temporal/client';
import { prepareNamespace } from '../../src/temporal/namespace';
import { connectRecords } from '../../src/records/connect';
import { migrate } from '../../src/records/migrate';
import { startEmbeddedDatabase } from '../../tools/embedded-database/embedded-database';
import { findPostgres, startPostgres } from '../../tools/postgresql/postgresql';
import { startDevServer } from '../../tools/temporal-server/dev-server';
import {
  composeEnvironment,
  findOnPath,
  startTemporalOnPostgres,
} from '../../tools/temporal-server/on-postgresql';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';

export interface Infrastructure {
  temporalAddress: string;
  /** Of the records database. */
  databaseUrl: string;
  /** What runs, in a phrase each. */
  description: string[];
  /** Roots of the process trees. */
  roots: Record<'Temporal' | 'PostgreSQL', number>;
  stop(): Promise<void>;
}

interface Database {
  url: string;
  description: string;
  pid: number;
  /** Undefined for one that Temporal cannot use. */
  port?: number;
  stop(): Promise<void>;
}

interface Engine {
  address: string;
  description: string;
  pid: number;
  stop(): Promise<void>;
}

type Log = (line: string) => void;

interface Part {
  stop(): Promise<unknown>;
}

export interface StartedParts {
  started: <T extends Part>(one: T) => T;
  stop: () => Promise<void>;
}

/** Remembers what is started, and stops it in reverse order. */
export function startedParts(): StartedParts {
  const parts: Part[] = [];
  return {
    started(one) {
      parts.push(one);
      return one;
    },
    async stop() {
      for (const part of parts.splice(0).reverse()) await part.stop();
    },
  };
}

export async function startInfrastructure(log: Log): Promise<Infrastructure> {
  const { started, stop } = startedParts();
  try {
    const database = started(await startDatabase(log));
    const engine = started(await startEngine(database, log));
    await prepare(engine.address, database.url, log);
    return {
      temporalAddress: engine.address,
      databaseUrl: database.url,
      description: [engine.description, database.description],
      roots: { Temporal: engine.pid, PostgreSQL: database.pid },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(log: Log): Promise<Database> {
  let programs;
  try {
    programs = findPostgres();
  } catch (error) {
    log(`${(error as Error).message}\nPGlite takes its place, which serves one client at a time.`);
    const database = await startEmbeddedDatabase();
    return {
      url: database.url,
      description: 'records in PGlite, in memory',
      pid: required(database.pid),
      stop: () => database.stop(),
    };
  }
  const { POSTGRES_USER: user = '', POSTGRES_PWD: password = '' } = composeEnvironment('temporal');
  const server = await startPostgres(programs, { user, password, settings: ['max_connections=300'] });
  return {
    url: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/postgres`,
    description: 'records in PostgreSQL without fsync',
    pid: required(server.pid()),
    port: server.port,
    stop: () => server.stop(),
  };
}

async function startEngine({ port }: Database, log: Log): Promise<Engine> {
  const temporal = await findTemporalCli({ log });
  const server = findOnPath('temporal-server');
  const tool = findOnPath('temporal-sql-tool');
  if (server !== undefined && tool !== undefined && port !== undefined) {
    const programs = { 'temporal-server': server, 'temporal-sql-tool': tool, temporal };
    const started = await startTemporalOnPostgres(programs, port);
    return { ...started, pid: required(started.pid) };
  }
  const missing = port === undefined ? 'PostgreSQL' : 'temporal-server and temporal-sql-tool on the PATH';
  log(
    `Without ${missing}, the Temporal CLI's development server takes the server's place, on a database file.`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'bench-temporal-'));
  const dev = await startDevServer({
    log,
    dbFilename: join(folder, `${randomUUID()}.db`),
    findCli: () => Promise.resolve(temporal),
  });
  return {
    address: dev.address,
    description: "Temporal CLI's development server on SQLite, not a server for production",
    pid: required(dev.pid),
    async stop() {
      await dev.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function required(pid: number | undefined): number {
  if (pid === undefined) throw new Error('A server has no process id.');
  return pid;
}

async function prepare(address: string, databaseUrl: string, log: Log): Promise<void> {
  const { connection } = connectClient({ address });
  await prepareNamespace(connection, 'default', log).finally(() => connection.close());
  const records = connectRecords(databaseUrl, { maxConnections: 1 });
  await migrate(records).finally(() => records.destroy());
}
