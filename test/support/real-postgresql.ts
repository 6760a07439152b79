/** A real PostgreSQL for tests that also run on PGlite. */
import { randomUUID } from 'node:crypto';
import { findPostgres, startPostgres } from '../../tools/postgresql/postgresql';
import type { TestDatabase } from './records';

/** Why there is none here; undefined if there is one. */
export function lackOfPostgres(): string | undefined {
  try {
    findPostgres();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A database without tables. */
export async function startRealDatabase(): Promise<TestDatabase> {
  const password = randomUUID();
  const server = await startPostgres(findPostgres(), { user: 'test', password });
  return {
    url: `postgresql://test:${password}@127.0.0.1:${server.port}/postgres`,
    stop: () => server.stop(),
  };
}
