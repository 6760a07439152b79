/** Connects to the records database. */
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool, types, TypeOverrides, type ClientConfig } from 'pg';
import type { RecordsTables } from './tables';

export type RecordsDatabase = Kysely<RecordsTables>;

export interface ConnectionOptions {
  /** Name of the process, which the server shows for each connection. */
  name?: string;
  /** At most so many connections at a time. */
  maxConnections?: number;
  /** Without time limits of statements, for an operator's command: a migration or an export takes as long as it takes. */
  isUnlimited?: boolean;
  /** Default: 5 s. The server then ends the statement and frees its locks. */
  statementLimitMs?: number;
  /** Wait for another call to give its connection back. Default: 10 s, longer than any statement takes. */
  slotLimitMs?: number;
  /** Takes errors of connections that run no query: the server restarted, or the network failed. */
  onIdleError?: (error: Error) => void;
}

/** To reach the server and log in: seconds, on a machine that is busy. */
const CONNECT_LIMIT_MS = 5_000;
/** After it and the limit of a statement, the client gives up on a server that no longer answers. */
const ANSWER_LIMIT_MS = 2_000;

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
    statementLimitMs = 5_000,
    slotLimitMs = 10_000,
    onIdleError = () => undefined,
  }: ConnectionOptions = {},
): RecordsDatabase {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: name,
    max: maxConnections,
    Client: PromptClient,
    connectionTimeoutMillis: slotLimitMs,
    ...(!isUnlimited && {
      statement_timeout: statementLimitMs,
      query_timeout: statementLimitMs + ANSWER_LIMIT_MS,
    }),
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: exactNumbers(),
  });
  // Without a listener, such an error ends the process.
  pool.on('error', onIdleError);
  return new Kysely<RecordsTables>({ dialect: new PostgresDialect({ pool }) });
}

/** The pool has one time limit for two waits: the one for the server, which is shorter, is the client's. */
class PromptClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(typeof config === 'object' ? { ...config, connectionTimeoutMillis: CONNECT_LIMIT_MS } : config);
    // Between two statements of a transaction nothing listens, and an error of the connection would end the process. The next
    // statement fails.
    this.on('error', () => undefined);
  }
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
