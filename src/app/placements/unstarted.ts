/**
 * References that were taken, and whose placements were never started: the process ended in between. The registry has no user id, so
 * only the same request starts them.
 */
import type { Client } from '@temporalio/client';
import { describeRun, ignoreMissing } from '../orders/find';
import type { Registry } from '../ports/registry';
import { placementWorkflowId } from '../../../contracts/placement';

/**
 * Marks them, so that lists and views name them. A placement that Temporal has after all is recorded as started.
 *
 * @param before when the references were taken at the latest: a submit may be starting later ones
 * @returns the names that were marked
 * @throws RecordsUnavailable; ServiceError when Temporal cannot be reached
 */
export async function markUnstarted(
  client: Client,
  registry: Pick<Registry, 'unstarted' | 'started' | 'notStarted'>,
  before: Date,
): Promise<string[]> {
  const marked: string[] = [];
  for (const { name } of await registry.unstarted(before)) {
    const handle = client.workflow.getHandle(placementWorkflowId(name));
    if ((await ignoreMissing(() => describeRun(handle))) === undefined) {
      await registry.notStarted(name, Date.now());
      marked.push(name);
    } else await registry.started(name);
  }
  return marked;
}
