/** Runs a sweep now, and waits for what it finds. */
import type { Client } from '@temporalio/client';
import {
  sweepWorkflowId,
  type SweepInput,
  type SweepResult,
  type SweepWorkflow,
} from '../../../contracts/sweep';

/**
 * One that runs already for the same window, with the same purpose, is waited for.
 *
 * @throws WorkflowFailedError when it fails; ServiceError when Temporal cannot be reached
 */
export async function runSweep(
  client: Client,
  orderTaskQueue: string,
  input: SweepInput,
): Promise<SweepResult> {
  const handle = await client.workflow.start<SweepWorkflow>('reconciliationSweep', {
    workflowId: `${sweepWorkflowId(orderTaskQueue)}/${purposeOf(input)}`,
    taskQueue: orderTaskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return handle.result();
}

function purposeOf({ since = 'last', until = 'now', import: imports }: SweepInput): string {
  const window = `${since}/${until}`;
  if (imports === undefined) return window;
  return `import-${imports.emit}${imports.dryRun ? '-dry-run' : ''}/${window}`;
}
