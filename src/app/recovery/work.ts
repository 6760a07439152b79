/** What the steps of a recovery have in common. */
import type { Client } from '@temporalio/client';
import { withTemporalDeadline } from '../../temporal/client';
import { grpcMessageOf } from '../../temporal/grpc';

/** One workflow or row that a recovery could not do. */
export interface Failure {
  /** Id of the portfolio order, or reference of the placement. */
  name: string;
  why: string;
}

export interface RecoveryOptions {
  /** Changes nothing. */
  isDryRun?: boolean;
  /** Takes one line for people, now and then. */
  onProgress?: (line: string) => void;
  /** Workflows that are dealt with at a time. Default: 10. */
  concurrency?: number;
}

export const CONCURRENCY = 10;
/** Of each call to Temporal, in milliseconds: a worker may have to read a long history first. */
const CALL_LIMIT_MS = 30_000;
const PROGRESS_EVERY_MS = 2_000;

export function inTime<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return withTemporalDeadline(client, CALL_LIMIT_MS, call);
}

/** Adds what goes wrong to the failures: the others are dealt with all the same. */
export async function noting(failed: Failure[], name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    failed.push({ name, why: grpcMessageOf(error) });
  }
}

/** Counts, and reports every few seconds. */
export function counting(
  what: string,
  total: number | undefined,
  { onProgress = () => undefined }: RecoveryOptions,
): () => void {
  let count = 0;
  let lastAt = Date.now();
  return () => {
    count += 1;
    if (count !== total && Date.now() - lastAt < PROGRESS_EVERY_MS) return;
    lastAt = Date.now();
    onProgress(`${what}: ${count}${total === undefined ? '' : ` of ${total}`}`);
  };
}
