/**
 * The Temporal server on PostgreSQL, each started with the environment that docker-compose.yml gives it, settles an order.
 * Only names of the containers' network and ports are others.
 */
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { connectClient } from '../../src/temporal/client';
import { freePort, freePortNear } from '../../tools/temporal-server/free-port';
import { runProgram } from '../../tools/temporal-server/run-program';
import { startSupervised } from '../../tools/temporal-server/supervised-process';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';
import { drill } from '../support/drill';
import { startPostgres } from '../../tools/postgresql/postgresql';
import { until } from '../support/until';

const root = resolve(__dirname, '../..');

interface Service {
  environment: Record<string, string>;
  volumes?: string[];
}
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};

/** The environment of a service where nothing is set in `.env`, with the host's path in place of each mounted one. */
function environmentOf(name: string): Record<string, string> {
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

const PROGRAMS = ['temporal-server', 'temporal-sql-tool', 'initdb', 'postgres', 'setpriv'] as const;
const MINUTE = 60_000;
const print = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`);

drill('Temporal as docker-compose.yml runs it', PROGRAMS, (programs) => {
  const undo: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });

  it(
    'starts on PostgreSQL with its dynamic configuration and shards, and settles an order (14.25)',
    async () => {
      const { POSTGRES_USER: user = '', POSTGRES_PWD: password = '' } = environmentOf('temporal');
      const postgres = await startPostgres(programs, { user, password });
      undo.push(() => postgres.stop());
      const here = { POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(postgres.port) };

      await runProgram('sh', [join(root, 'deploy/temporal-schema.sh')], {
        timeoutMs: MINUTE,
        env: { PATH: process.env.PATH, ...environmentOf('temporal-schema'), ...here },
      });

      const server = await startServer({ ...environmentOf('temporal'), ...here });
      const client = connectClient({ address: server.address });
      undo.push(() => client.connection.close());
      const info = await until('the server', async () => {
        server.expectRunning();
        return client.workflowService.getClusterInfo({}).catch(() => undefined);
      });
      expect(info).toMatchObject({ historyShardCount: 512, visibilityStore: 'postgres12' });
      print(`Temporal ${info.serverVersion}, ${info.persistenceStore}, ${info.historyShardCount} shards`);

      const cli = await findTemporalCli({ log: print });
      const setup = await runProgram('sh', [join(root, 'deploy/temporal-setup.sh')], {
        timeoutMs: 2 * MINUTE,
        env: {
          PATH: [dirname(cli), process.env.PATH].join(delimiter),
          ...environmentOf('temporal-setup'),
          TEMPORAL_ADDRESS: server.address,
        },
      });
      expect(setup.stdout).toContain('is ready');

      const { stdout } = await runProgram(
        process.execPath,
        [join(root, 'dist/demo/main.js'), '--once', '--port', String(await freePort())],
        { timeoutMs: 2 * MINUTE, env: { ...process.env, TEMPORAL_ADDRESS: server.address } },
      );
      print(stdout);
      expect(stdout).toContain('SETTLED');
    },
    6 * MINUTE,
  );

  async function startServer(
    environment: Record<string, string>,
  ): Promise<{ address: string; expectRunning: () => void }> {
    const folder = mkdtempSync(join(tmpdir(), 'drill-temporal-'));
    const log = join(folder, 'log');
    // The server's table of members has ports up to 32,767, below those that Linux assigns.
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const ports: Record<string, string> = {};
    for (const [index, name] of PORTS.entries()) ports[name] = String(await freePortNear(first + index));
    const given = {
      ...environment,
      ...ports,
      // As the image's entrypoint sets it to the container's own address.
      TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    };
    const assignments = Object.entries(given).map(([name, value]) => `${name}=${value}`);
    const script = 'exec "$0" start > "$1" 2>&1';
    const server = startSupervised(
      'env',
      [...assignments, 'sh', '-c', script, programs['temporal-server'], log],
      30_000,
    );
    undo.push(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return {
      address: `127.0.0.1:${ports.FRONTEND_GRPC_PORT ?? ''}`,
      expectRunning() {
        const ending = server.endedWith();
        if (ending === undefined) return;
        const lines = readFileSync(log, 'utf8').trim().split('\n');
        const unable = lines.filter((line) => /unable|fatal|no such file/i.test(line)).join('\n');
        throw new Error(`The server ended with ${ending}: ${unable.slice(0, 2000)}`);
      },
    };
  }
});
