/**
 * The Temporal server on PostgreSQL, each started with the environment that docker-compose.yml gives it, settles an order.
 * Only names of the containers' network and ports are others.
 */
import { join, resolve } from 'node:path';
import { connectClient } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { composeEnvironment, startTemporalOnPostgres } from '../../tools/temporal-server/on-postgresql';
import { runProgram } from '../../tools/temporal-server/run-program';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';
import { drill } from '../support/drill';
import { startPostgres } from '../../tools/postgresql/postgresql';

const root = resolve(__dirname, '../..');
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
      const { POSTGRES_USER: user = '', POSTGRES_PWD: password = '' } = composeEnvironment('temporal');
      const postgres = await startPostgres(programs, { user, password });
      undo.push(() => postgres.stop());
      const temporal = await findTemporalCli({ log: print });
      const server = await startTemporalOnPostgres({ ...programs, temporal }, postgres.port);
      undo.push(() => server.stop());
      const client = connectClient({ address: server.address });
      undo.push(() => client.connection.close());
      const info = await client.workflowService.getClusterInfo({});
      expect(info).toMatchObject({ historyShardCount: 512, visibilityStore: 'postgres12' });
      print(server.description);

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
});
