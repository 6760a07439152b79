/** Reads pages of Temporal's index of workflows ("visibility"): a moment behind the workflows themselves. */
import type { Client } from '@temporalio/client';
import { decodeMapFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { parseJson } from '../json';
import { withBudget } from './connection';
import type { OurSearchAttribute } from './search-attributes';

/** One run of a workflow, as the index has it. */
export interface IndexedRun {
  workflowId: string;
  runId: string;
  type: string;
  standing: 'running' | 'completed' | 'interrupted';
  /** ISO 8601 UTC. */
  startedAt: string;
  closedAt?: string;
  /** The values of one of our search attributes as text; empty for none. */
  values(attribute: OurSearchAttribute): string[];
  memo: Record<string, unknown>;
}

export interface IndexPage {
  /** Open ones first, newest first; then closed ones, those that closed last first. */
  runs: IndexedRun[];
  /** Where the next page begins; absent after the last one. */
  next?: string;
}

/**
 * The condition that an attribute has this value. Values come from callers, so one that could end the text it is put in
 * is refused here, whoever has checked it before.
 *
 * @throws Error for a quote, a backslash or a control character
 */
export function is(attribute: string | OurSearchAttribute, value: string): string {
  if (!/^[^'"`\\\p{C}]*$/u.test(value)) throw new Error('A value cannot be part of a visibility query');
  return `${typeof attribute === 'string' ? attribute : attribute.name} = '${value}'`;
}

/** As {@link is}, for any of several values. */
export function isAnyOf(attribute: string | OurSearchAttribute, values: string[]): string {
  const [name = ''] = is(attribute, '').split(' ');
  return `${name} IN (${values.map((value) => is(attribute, value).slice(`${name} = `.length)).join(', ')})`;
}

/** How long the index is waited for; a page of orders asks it twice. */
const BUDGET_MS = 1_400;
/** Longer than anybody waits for an answer. */
const NOBODY_WAITS_MS = 30_000;

/**
 * A query that takes too long is given up, but never cancelled: the development server's database is lost to all when a
 * query is interrupted (modernc.org/sqlite answers `interrupted (9)` from then on).
 *
 * @param cursor `next` of the page before
 * @throws IndexTooSlow; ServiceError when Temporal cannot be reached
 */
export async function readIndex(
  client: Client,
  query: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<IndexPage> {
  const listed = withBudget(client, NOBODY_WAITS_MS, () =>
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

/** Thrown when the index has not answered in time. */
export class IndexTooSlow extends Error {
  override readonly name = 'IndexTooSlow';
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new IndexTooSlow(`Temporal's index has not answered within ${BUDGET_MS} ms`));
    }, BUDGET_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

type RawRun = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions'][number];

async function runOf(client: Client, raw: RawRun): Promise<IndexedRun> {
  const { execution, type, status, startTime, closeTime, searchAttributes, memo } = raw;
  const indexed = searchAttributes?.indexedFields ?? {};
  const closedAt = instantOf(closeTime);
  return {
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
    type: type?.name ?? '',
    standing: standingOf(status),
    startedAt: instantOf(startTime) ?? '',
    ...(closedAt !== undefined && { closedAt }),
    values: ({ name }) => textsIn(indexed[name]?.data),
    memo: (await decodeMapFromPayloads(client.options.loadedDataConverter, memo?.fields)) ?? {},
  };
}

const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING, WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED } =
  temporal.api.enums.v1.WorkflowExecutionStatus;

function standingOf(status: RawRun['status']): IndexedRun['standing'] {
  if (status === RUNNING) return 'running';
  return status === COMPLETED ? 'completed' : 'interrupted';
}

function instantOf(time: RawRun['startTime']): string | undefined {
  return optionalTsToDate(time)?.toISOString();
}

/** The server answers search attributes as JSON, a list of one value as that value. */
function textsIn(data: Uint8Array | null | undefined): string[] {
  const value: unknown = data ? parseJson(Buffer.from(data).toString('utf8')) : undefined;
  return [value].flat().flatMap((one) => {
    if (typeof one === 'string') return [one];
    return typeof one === 'number' ? [String(one)] : [];
  });
}
