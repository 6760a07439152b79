/** Orders whose workflow was terminated, failed or timed out, by Temporal's index. */
import type { Client } from '@temporalio/client';
import { is, isAnyOf, quoted, readIndex } from '../../src/temporal/visibility';
import { searchAttributes } from '../../contracts/search-attributes';

const PAGE = 200;

/** Ids of orders of which a run was terminated, failed or timed out since. They may have been restarted. */
export async function interruptedSince(client: Client, taskQueue: string, since: string): Promise<string[]> {
  const query = [
    is('WorkflowType', 'portfolioOrder'),
    is('TaskQueue', taskQueue),
    isAnyOf('ExecutionStatus', ['Terminated', 'Failed', 'TimedOut', 'Canceled']),
    `CloseTime >= ${quoted(since)}`,
  ].join(' AND ');
  const ids = new Set<string>();
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { runs, next }: Awaited<ReturnType<typeof readIndex>> = await readIndex(client, query, {
      limit: PAGE,
      ...(cursor !== '' && { cursor }),
    });
    for (const run of runs) for (const id of run.values(searchAttributes.portfolioOrderId)) ids.add(id);
    cursor = next;
  }
  return [...ids];
}
