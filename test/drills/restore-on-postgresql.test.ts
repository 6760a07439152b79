/**
 * The restore drill on a Temporal server with PostgreSQL: its databases are put back, as from a backup of production.
 * `RESTORE_ORDERS=300` is the full size.
 */
import { Client } from 'pg';
import { startPostgres } from '../../tools/postgresql/postgresql';
import { composeEnvironment, startTemporalOnPostgres } from '../../tools/temporal-server/on-postgresql';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';
import { drill } from '../support/drill';
import { restoreDrill } from '../support/restore-drill';

const PROGRAMS = ['temporal-server', 'temporal-sql-tool', 'initdb', 'postgres', 'setpriv'] as const;
const DATABASES = ['temporal', 'temporal_visibility'];

drill('Temporal on PostgreSQL restored from a copy', PROGRAMS, (programs) => {
  restoreDrill(async () => {
    const { POSTGRES_USER: user = '', POSTGRES_PWD: password = '' } = composeEnvironment('temporal');
    const postgres = await startPostgres(programs, { user, password, settings: ['max_connections=300'] });
    const temporal = await findTemporalCli({ log: () => undefined });
    const server = await startTemporalOnPostgres({ ...programs, temporal }, postgres.port);

    async function run(...statements: string[]): Promise<void> {
      const target = { host: '127.0.0.1', port: postgres.port, user, password, database: 'postgres' };
      const client = new Client(target);
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    }
    return {
      address: server.address,
      namespace: 'default',
      stop: () => server.stop(),
      start: () => server.restart(),
      copy: () => run(...DATABASES.map((name) => `CREATE DATABASE ${name}_copy TEMPLATE ${name}`)),
      restore: () =>
        run(
          ...DATABASES.flatMap((name) => [
            `DROP DATABASE ${name} WITH (FORCE)`,
            `CREATE DATABASE ${name} TEMPLATE ${name}_copy`,
          ]),
        ),
      async end() {
        await server.stop();
        await postgres.stop();
      },
    };
  });
});
