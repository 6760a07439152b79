/** Workflows that Temporal deletes, as it does after the retention period. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { until } from './until';

/** Slow: the server takes half a minute. */
export async function forget(client: Client, ...workflowIds: string[]): Promise<void> {
  const { namespace } = client.options;
  const one = async (workflowId: string): Promise<void> => {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
    await until(`Temporal to forget ${workflowId}`, () => isForgotten(client, workflowId));
  };
  await Promise.all(workflowIds.map(one));
}

async function isForgotten(client: Client, workflowId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).describe();
    return false;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
