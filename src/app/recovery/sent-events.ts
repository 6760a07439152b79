/** The events that ESW has answered for, with their bytes, from the inputs of the emission activity in the runs' histories. */
import type { Client } from '@temporalio/client';
import { topicOf } from '../../domain/order-event/topic';
import type { BuiltEvent, Emission } from '../../domain/outbox/outbox';
import { readPayloads } from '../../temporal/payload-codec';
import {
  eventsOf,
  type EventToSend,
  type RecordSave,
  type OrderEventBatch,
} from '../../../contracts/activities';
import type { Compressible } from '../../../contracts/compressible';
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

async function eventsIn(client: Client, workflowId: string, runId: string): Promise<EventToSend[]> {
  const history = await inTime(client, () => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const inputs = (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'emitOrderEvents' ? [scheduled.input?.payloads ?? []] : [],
  );
  const calls = await Promise.all(inputs.map(readPayloads));
  return calls.flatMap(([batch, save]) =>
    eventsOf(batch as OrderEventBatch, save as Compressible<RecordSave> | undefined),
  );
}
