/** A Temporal server on PostgreSQL, with the environment that docker-compose.yml gives it: for drills and benchmarks. */
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../src/lib/package-root';
import { connectClient } from '../../src/temporal/client';
import { freePortNear } from '../../src/lib/free-port';
import { runProgram } from './run-program';
import { startSupervised } from './supervised-process';
import { setTimeout as sleep } from 'node:timers/promises';

export type TemporalPrograms = Record<'temporal-server' | 'temporal-sql-tool' | 'temporal', string>;

export interface TemporalOnPostgres {
  address: string;
  /** The version and the number of history shards. */
  description: string;
  pid: number | undefined;
  stop(): Promise<void>;
  /** Starts it again after `stop`, at the same address. */
  restart(): Promise<void>;
}

interface Service {
  environment?: Record<string, string>;
  volumes?: string[];
}

const MINUTE = 60_000;

/** Path of a program on the PATH; undefined if there is none. */
export function findOnPath(program: string, path = process.env.PATH ?? ''): string | undefined {
  const candidates = path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The environment of a service where nothing is set in `.env`, with the host's path in place of each mounted one. */
export function composeEnvironment(name: string): Record<string, string> {
  const root = packageRoot();
  const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
  };
  const { environment = {}, volumes = [] } = services[name] ?? {};
  const mounts = new Map(
    volumes.map((volume): [string, string] => {
      const [host = '', inside = ''] = volume.split(':');
      return [inside, join(root, host)];
    }),
  );
  return Object.fromEntries(
    Object.entries(environment).map(([variable, text]) => {
      const value = text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
      return [variable, mounts.get(value) ?? value];
    }),
  );
}

/** Ports that are fixed within a container, and may be taken here. */
const PORTS = [
  'FRONTEND_HTTP_PORT',
  ...['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'].flatMap((role) => [
    `${role}_GRPC_PORT`,
    `${role}_MEMBERSHIP_PORT`,
  ]),
];

/**
 * Makes Temporal's databases, starts the server, and prepares its namespace `default`.
 *
 * @param port of a PostgreSQL server whose superuser is that of docker-compose.yml
 * @throws Error with the last words of what failed
 */
export async function startTemporalOnPostgres(
  programs: TemporalPrograms,
  port: number,
): Promise<TemporalOnPostgres> {
  const here = { POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(port) };
  const folders = [...new Set(Object.values(programs).map((path) => dirname(path)))];
  const path = { PATH: [...folders, process.env.PATH].join(delimiter) };
  const script = (name: string): string => join(packageRoot(), 'deploy', name);
  await runProgram('sh', [script('temporal-schema.sh')], {
    timeoutMs: MINUTE,
    env: { ...path, ...composeEnvironment('temporal-schema'), ...here },
  });
  const ports = await freePorts();
  const start = () =>
    startServer(programs['temporal-server'], { ...composeEnvironment('temporal'), ...here, ...ports });
  let server = start();
  try {
    const description = await server.untilAnswering();
    await runProgram('sh', [script('temporal-setup.sh')], {
      timeoutMs: 2 * MINUTE,
      env: { ...path, ...composeEnvironment('temporal-setup'), TEMPORAL_ADDRESS: server.address },
    });
    return {
      address: server.address,
      description,
      pid: server.pid,
      stop: () => server.stop(),
      async restart() {
        server = start();
        await server.untilAnswering();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The server's table of members has ports up to 32,767, below those that Linux assigns. */
async function freePorts(): Promise<Record<string, string>> {
  const first = 10_000 + Math.floor(Math.random() * 20_000);
  const ports: Record<string, string> = {};
  for (const [index, name] of PORTS.entries()) ports[name] = String(await freePortNear(first + index));
  return ports;
}

interface StartedServer {
  address: string;
  pid: number | undefined;
  /** @returns the description of the server */
  untilAnswering(): Promise<string>;
  stop(): Promise<void>;
}

function startServer(program: string, environment: Record<string, string>): StartedServer {
  const folder = mkdtempSync(join(tmpdir(), 'temporal-on-postgresql-'));
  const log = join(folder, 'log');
  // The broadcast address is, as the image's entrypoint sets it, the container's own.
  const env = { ...process.env, ...environment, TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' };
  const script = 'exec "$0" start > "$1" 2>&1';
  const server = startSupervised('sh', ['-c', script, program, log], 30_000, { env });
  const address = `127.0.0.1:${environment.FRONTEND_GRPC_PORT ?? ''}`;

  const expectRunning = (): void => {
    const ending = server.endedWith();
    if (ending === undefined) return;
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const unable = lines.filter((line) => /unable|fatal|no such file/i.test(line)).join('\n');
    throw new Error(`The Temporal server ended with ${ending}: ${unable.slice(0, 2000)}`);
  };
  return {
    address,
    pid: server.pid,
    async untilAnswering() {
      const client = connectClient({ address });
      try {
        for (const deadline = Date.now() + MINUTE; ;) {
          expectRunning();
          const info = await client.workflowService.getClusterInfo({}).catch(() => undefined);
          if (info !== undefined)
            return `Temporal ${info.serverVersion} on ${info.persistenceStore}, ${info.historyShardCount} history shards`;
          if (Date.now() > deadline) throw new Error('The Temporal server does not answer');
          await sleep(200);
        }
      } finally {
        await client.connection.close();
      }
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
