/** One parked event's workflow under test, and operators' decisions about it. */
import { createHash, randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { createDeadLetterQueue, type ParkedEvent } from '../../src/app/parked-events/park';
import { OPERATOR } from './order-under-test';
import type { Call, Script } from './stub-activities';
import type { StubWorker } from './stub-worker';
import {
  discardUpdate,
  parkedEventWorkflowId,
  retryUpdate,
  type ParkedEventAttempt,
  type ParkedEventWorkflow,
} from '../../contracts/parked-event';
import type { Decision } from '../../src/domain/values/decision';

export interface ParkedEventUnderTest {
  workflowId: string;
  handle: WorkflowHandle<ParkedEventWorkflow>;
  retry(decision?: Decision): Promise<ParkedEventAttempt>;
  discard(decision?: Decision): Promise<unknown>;
  /** Text in the details pane of the Temporal Web UI. */
  details(): Promise<string>;
  /** Changes the result of attempts from here on. */
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
  await createDeadLetterQueue(client, taskQueue).park({ eventId, reason, detail: 'a test', receivedAt, raw });
  const handle = client.workflow.getHandle<ParkedEventWorkflow>(workflowId);
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
