/** Reads pages of Temporal's visibility index, which lags the workflows by a moment. */
import type { Client } from '@temporalio/client';
import { decodeMapFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { parseJson } from '../lib/json';
import { TimeLimitReached, untilAborted, withTimeLimit } from '../lib/timeout';
import { withTemporalDeadline } from './client';
import { grpcCodeOf, grpcStatus } from './grpc';
import type { OurSearchAttribute } from '../../contracts/search-attributes';

/** A workflow run in the index. */
export interface IndexedRun {
  workflowId: string;
  runId: string;
  type: string;
  runStatus: 'running' | 'completed' | 'interrupted';
  /** ISO 8601 UTC. */
  startedAt: string;
  closedAt?: string;
  /** Values of a search attribute as text. */
  values(attribute: OurSearchAttribute): string[];
  memo: Record<string, unknown>;
}

export interface IndexPage {
  /** Open runs, newest first; then closed runs, most recently closed first. */
  runs: IndexedRun[];
  /** Position of the next page; absent after the last one. */
  next?: string;
}

/**
 * The value as a literal of a query.
 *
 * @throws Error for a quote, a backslash or a control character, which could change the query
 */
export function quoted(value: string): string {
  if (!/^[^'"`\\\p{C}]*$/u.test(value)) throw new Error('The value is not allowed in a visibility query');
  return `'${value}'`;
}

/** The condition that an attribute has this value. */
export function is(attribute: string | OurSearchAttribute, value: string): string {
  return `${typeof attribute === 'string' ? attribute : attribute.name} = ${quoted(value)}`;
}

/** Same as {@link is}, for any of several values. */
export function isAnyOf(attribute: string | OurSearchAttribute, values: string[]): string {
  const name = typeof attribute === 'string' ? attribute : attribute.name;
  return `${name} IN (${values.map(quoted).join(', ')})`;
}

/** Time limit of one query, in milliseconds; a page of orders makes two. */
const TIME_LIMIT_MS = 1_400;
/** Deadline of a request to the development server, long after its caller has given up. */
const ABANDONED_DEADLINE_MS = 30_000;

/**
 * Reads a page, and cancels the query after the time limit.
 *
 * @param cursor `next` of the previous page
 * @throws IndexTooSlow; ServiceError when Temporal cannot be reached
 */
export async function readIndex(
  client: Client,
  query: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<IndexPage> {
  const isDevelopment = await isDevelopmentServer(client);
  const listed = withTemporalDeadline(client, isDevelopment ? ABANDONED_DEADLINE_MS : TIME_LIMIT_MS, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: limit,
      ...(cursor !== undefined && { nextPageToken: Buffer.from(cursor, 'base64url') }),
    }),
  );
  const { executions, nextPageToken } = await inTime(listed);
  return {
    runs: await Promise.all(executions.map((raw) => runOf(client, raw))),
    ...(nextPageToken.length > 0 && { next: Buffer.from(nextPageToken).toString('base64url') }),
  };
}

/** Thrown when the index did not answer in time. */
export class IndexTooSlow extends Error {
  override readonly name = 'IndexTooSlow';
}

/** The limit of the wait: a little above that of the query, so that a server which cancels has the first word. */
const WAIT_MS = TIME_LIMIT_MS + 50;

async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await withTimeLimit(WAIT_MS, (signal) => untilAborted(work, signal));
  } catch (error) {
    if (!(error instanceof TimeLimitReached) && grpcCodeOf(error) !== grpcStatus.deadlineExceeded)
      throw error;
    throw new IndexTooSlow(`Temporal's index did not answer within ${TIME_LIMIT_MS} ms`, { cause: error });
  }
}

/**
 * True for a server on SQLite, as the development server is: a cancelled query makes its database unusable
 * (modernc.org/sqlite then answers `interrupted (9)` to everything), so that queries are abandoned instead.
 */
async function isDevelopmentServer(client: Client): Promise<boolean> {
  const { workflowService } = client;
  const known = development.get(workflowService);
  if (known !== undefined) return known;
  try {
    const { visibilityStore } = await withTemporalDeadline(client, TIME_LIMIT_MS, () =>
      workflowService.getClusterInfo({}),
    );
    const isSqlite = visibilityStore === 'sqlite';
    development.set(workflowService, isSqlite);
    return isSqlite;
  } catch (error) {
    // A managed server may forbid it; one that is away fails the query, too.
    if (grpcCodeOf(error) === undefined) throw error;
    return false;
  }
}

const development = new WeakMap<object, boolean>();

type RawRun = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions'][number];

async function runOf(client: Client, raw: RawRun): Promise<IndexedRun> {
  const { execution, type, status, startTime, closeTime, searchAttributes, memo } = raw;
  const indexed = new Map(Object.entries(searchAttributes?.indexedFields ?? {}));
  const closedAt = instantOf(closeTime);
  return {
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
    type: type?.name ?? '',
    runStatus: runStatusOf(status),
    startedAt: instantOf(startTime) ?? '',
    ...(closedAt !== undefined && { closedAt }),
    values: ({ name }) => textsIn(indexed.get(name)?.data),
    memo: (await decodeMapFromPayloads(client.options.loadedDataConverter, memo?.fields)) ?? {},
  };
}

const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING, WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED } =
  temporal.api.enums.v1.WorkflowExecutionStatus;

function runStatusOf(status: RawRun['status']): IndexedRun['runStatus'] {
  if (status === RUNNING) return 'running';
  return status === COMPLETED ? 'completed' : 'interrupted';
}

function instantOf(time: RawRun['startTime']): string | undefined {
  return optionalTsToDate(time)?.toISOString();
}

/** The server sends search attributes as JSON, and a list of one value as that value. */
function textsIn(data: Uint8Array | null | undefined): string[] {
  const value: unknown = data ? parseJson(Buffer.from(data).toString('utf8')) : undefined;
  return [value].flat().flatMap((one) => {
    if (typeof one === 'string') return [one];
    return typeof one === 'number' ? [String(one)] : [];
  });
}
