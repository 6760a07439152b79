/** One parked event's workflow under test, and what operators can do to it. */
import { createHash, randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Decision } from '../../src/domain/operators';
import { createParkingLot, type ParkedEvent } from '../../src/temporal/parking-lot';
import type { parkedEvent } from '../../workflows';
import {
  discardUpdate,
  parkedEventWorkflowId,
  retryUpdate,
  type ParkedEventAttempt,
} from '../../workflows/messages';
import { OPERATOR } from './order-under-test';
import type { Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';

export interface ParkedEventUnderTest {
  workflowId: string;
  handle: WorkflowHandle<typeof parkedEvent>;
  retry(decision?: Decision): Promise<ParkedEventAttempt>;
  discard(decision?: Decision): Promise<unknown>;
  /** What the details pane of the Temporal Web UI shows. */
  details(): Promise<string>;
  /** Has attempts end otherwise from here on. */
  routes(script: Script<'routeParkedEvent'>): void;
  /** Attempts to route it, oldest first. */
  attempts(): Call<'routeParkedEvent'>[];
}

/** Parks an event as the webhook handler does. */
export async function parkEvent(
  worker: StubWorker,
  raw: string | Buffer,
  reason: ParkedEvent['reason'],
  routes: Script<'routeParkedEvent'>,
): Promise<ParkedEventUnderTest> {
  const { client, taskQueue } = worker;
  const eventId = randomUUID();
  const bodyHash = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const workflowId = parkedEventWorkflowId(eventId, bodyHash);
  worker.script(workflowId, 'routeParkedEvent', routes);
  const receivedAt = new Date().toISOString();
  await createParkingLot(client, taskQueue).park({ eventId, reason, detail: 'a test', receivedAt, raw });
  const handle = client.workflow.getHandle<typeof parkedEvent>(workflowId);
  return {
    workflowId,
    handle,
    retry: (decision = OPERATOR) => handle.executeUpdate(retryUpdate, { args: [decision] }),
    discard: (decision = OPERATOR) => handle.executeUpdate(discardUpdate, { args: [decision] }),
    async details() {
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      return metadata.currentDetails ?? '';
    },
    routes: (script) => {
      worker.script(workflowId, 'routeParkedEvent', script);
    },
    attempts: () => worker.calls(workflowId, 'routeParkedEvent'),
  };
}
