/** A real PostgreSQL, as production has one: a server for a test file, with a database for each suite. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { findPostgres, startPostgres, type PostgresServer } from '../../tools/postgresql/postgresql';
import type { TestDatabase } from './records';

export interface RealPostgres {
  /** Makes a database without tables. */
  startDatabase: () => Promise<TestDatabase>;
  /** Where the server is, and its superuser. */
  superuser: () => { host: string; port: number; user: string; password: string };
}

/**
 * The server of a test file: started before its tests, stopped after them. Without PostgreSQL on this machine its tests
 * fail, and the error says how to get it.
 */
export function useRealPostgres(): RealPostgres {
  const password = randomUUID();
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startPostgres(findPostgres(), { user: 'test', password });
  });
  afterAll(() => server?.stop());
  const superuser: RealPostgres['superuser'] = () => {
    if (server === undefined) throw new Error('PostgreSQL is started before tests, and has not started.');
    return { host: '127.0.0.1', port: server.port, user: 'test', password };
  };

  return {
    superuser,
    async startDatabase() {
      const { host, port, user } = superuser();
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      const client = new Client({ ...superuser(), database: 'postgres' });
      await client.connect();
      await client.query(`create database ${name}`).finally(() => client.end());
      // It goes away with its server.
      return {
        url: `postgresql://${user}:${password}@${host}:${port}/${name}`,
        stop: () => Promise.resolve(),
      };
    },
  };
}
