/** Distinguishes a records database that is away from a query that is wrong. */
import { DatabaseError } from 'pg';
import { RecordsUnavailable } from '../app/ports/records-unavailable';
import { isErrorLike } from '../lib/error-log';

/**
 * Classes of SQLSTATE that a later attempt may not meet: 08 connection, 53 resources (connections, memory, disk), 57
 * intervention (shutdown, start, a statement ended by its time limit), 58 system; 25006, a standby that takes no writes;
 * 28 and 3D, no such user or database, as while one is restored.
 */
const PASSING = /^(08|53|57|58|25006|28|3D)/;

/** Runs queries, as {@link callRecords} does. */
export type Ask = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Runs queries.
 *
 * @throws RecordsUnavailable when the database cannot be reached or does not answer in time; other errors unchanged
 */
export async function callRecords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAway(error) ? new RecordsUnavailable({ cause: error }) : error;
  }
}

/** True for errors of the connection, and for answers of a server that cannot serve now. */
export function isAway(error: unknown): boolean {
  if (error instanceof RecordsUnavailable) return true;
  if (error instanceof DatabaseError) return PASSING.test(error.code ?? '');
  if (!isErrorLike(error)) return false;
  // pg's own time limits and lost connections are plain errors without a code; those of sockets have Node's.
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined || syscall !== undefined) return SOCKET.test(code ?? '');
  return CONNECTION.test(error.message);
}

/** True if no connection was free in time: others use them all, and the database may be well. */
export function isPoolFull(error: unknown): boolean {
  return isErrorLike(error) && error.message === 'timeout exceeded when trying to connect';
}

const SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOENT|ERR_SOCKET_\w+|ERR_STREAM_\w+)$/;
const CONNECTION =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/;
