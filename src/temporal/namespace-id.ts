/** Id of the client's namespace: unlike its name, it differs from one Temporal cluster to another. */
import type { Client } from '@temporalio/client';

const ids = new WeakMap<Client, string>();

/** Asks Temporal once per client. @throws ServiceError when Temporal cannot be reached */
export async function namespaceIdOf(client: Client): Promise<string> {
  const known = ids.get(client);
  if (known !== undefined) return known;
  const { namespace } = client.options;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  const id = namespaceInfo?.id ?? '';
  if (id === '') throw new Error(`Temporal names no id of the namespace ${namespace}: set DEPLOYMENT_ID`);
  ids.set(client, id);
  return id;
}
