/** The input of a workflow run, from the first event of its history. */
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';

export async function inputOf(client: Client, workflowId: string, runId: string): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const { loadedDataConverter } = client.options;
  const [input] = await decodeArrayFromPayloads(loadedDataConverter, started?.input?.payloads);
  return input;
}
