/** The events that ESW has answered for, with their bytes, from the inputs of the emission activity in the runs' histories. */
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { topicOf } from '../../domain/order-event/topic';
import type { BuiltEvent, Emission } from '../../domain/outbox/outbox';
import type { OrderEventBatch } from '../../../contracts/activities';
import { inTime } from './work';

/** @param runIds oldest first: the first bytes of an event are those that ESW has */
export async function sentEvents(
  client: Client,
  workflowId: string,
  runIds: readonly string[],
  { accepted, refused, skipped = [] }: Emission,
): Promise<BuiltEvent[]> {
  const bodies = new Map<string, string>();
  for (const runId of runIds)
    for (const { id, body } of await eventsIn(client, workflowId, runId))
      if (!bodies.has(id)) bodies.set(id, body);
  return [...accepted, ...refused, ...skipped].flatMap((event): BuiltEvent[] => {
    const { id } = event;
    const body = id === undefined ? undefined : bodies.get(id);
    return id === undefined || body === undefined ? [] : [{ ...topicOf(event), id, body }];
  });
}

async function eventsIn(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<OrderEventBatch['events']> {
  const { loadedDataConverter } = client.options;
  const history = await inTime(client, () => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const inputs = (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    // The first argument alone: the save beside it is compressed, which clients cannot read.
    scheduled?.activityType?.name === 'emitOrderEvents' ? [scheduled.input?.payloads?.slice(0, 1)] : [],
  );
  const batches = await Promise.all(
    inputs.map((payloads) => decodeArrayFromPayloads(loadedDataConverter, payloads)),
  );
  return batches.flatMap(([batch]) => (batch as OrderEventBatch).events);
}
