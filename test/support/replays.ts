/** Replays histories of workflows by the code of today. */
import { Worker } from '@temporalio/worker';
import { testBundle } from './temporal';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

/** How many histories were replayed, and one line for each that does not replay. */
export async function replayAll(histories: Histories): Promise<{ replayed: number; failures: string[] }> {
  const failures: string[] = [];
  let replayed = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: testBundle() },
    histories,
  )) {
    replayed += 1;
    if (error !== undefined) failures.push(`${workflowId}: ${error.message}`);
  }
  return { replayed, failures };
}
