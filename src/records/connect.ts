/** Connects to the records database. */
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types, TypeOverrides } from 'pg';
import type { RecordsTables } from './tables';

export type RecordsDatabase = Kysely<RecordsTables>;

export interface ConnectionOptions {
  /** Name of the process, which the server shows for each connection. */
  name?: string;
  /** At most so many connections at a time. */
  maxConnections?: number;
  /** Without time limits of statements, for an operator's command: a migration or an export takes as long as it takes. */
  isUnlimited?: boolean;
  /** Takes errors of connections that run no query: the server restarted, or the network failed. */
  onIdleError?: (error: Error) => void;
}

const CONNECT_LIMIT_MS = 2_000;
/** After it, the server ends the statement and frees its locks. */
const STATEMENT_LIMIT_MS = 5_000;
/** After it, the client gives up on a server that no longer answers. */
const QUERY_LIMIT_MS = 7_000;

/**
 * Makes a pool of connections, each made on demand. A database that cannot be reached is the error of each query, and a
 * later query reaches it again.
 *
 * @param databaseUrl a secret: it has the password
 */
export function connectRecords(
  databaseUrl: string,
  {
    name = 'portfolio-orders',
    maxConnections = 10,
    isUnlimited = false,
    onIdleError = () => undefined,
  }: ConnectionOptions = {},
): RecordsDatabase {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: name,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    ...(!isUnlimited && { statement_timeout: STATEMENT_LIMIT_MS, query_timeout: QUERY_LIMIT_MS }),
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: exactNumbers(),
  });
  // Without a listener, such an error ends the process.
  pool.on('error', onIdleError);
  return new Kysely<RecordsTables>({ dialect: new PostgresDialect({ pool }) });
}

/** Of these connections alone: counts and versions are numbers; `numeric` stays text. */
function exactNumbers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, (text: string) => {
    const number = Number(text);
    if (!Number.isSafeInteger(number)) throw new Error(`${text} is too large for a number`);
    return number;
  });
  return overrides;
}
