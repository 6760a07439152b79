/** Parks webhook events that cannot be processed now (dead-letter queue): one durable workflow each. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { packRaw } from './raw-event';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  parkedEventWorkflowId,
  type ParkedEventInput,
  type ParkedEventWorkflow,
} from '../../../contracts/parked-event';

export type ParkedEvent = Omit<ParkedEventInput, 'eventId' | 'raw' | 'rawEncoding'> & {
  /** Upvest's event id, if it could be read. */
  eventId?: string;
  /** As received, at most 1.4 MiB. */
  raw: string | Buffer;
};

export interface DeadLetterQueue {
  /** Durable when it resolves. Identical events are kept once. @throws ServiceError: retry */
  park(event: ParkedEvent): Promise<void>;
}

/** Memo that the list of parked events shows without a worker. */
export interface ParkedMemo {
  /** At most 500 characters. */
  detail: string;
  receivedAt: string;
}

function parkedMemo({ detail, receivedAt }: ParkedEvent): Record<string, unknown> & ParkedMemo {
  return { detail: detail.slice(0, MAX_DETAIL_LENGTH), receivedAt };
}

const MAX_DETAIL_LENGTH = 500;

/** Characters of an external id that become part of a workflow id. */
const MAX_ID_LENGTH = 100;

export function createDeadLetterQueue(client: Client, taskQueue: string): DeadLetterQueue {
  return {
    async park(event) {
      const bodyHash = createHash('sha256').update(event.raw).digest('hex').slice(0, 16);
      const eventId = (event.eventId ?? 'no-id').slice(0, MAX_ID_LENGTH);
      try {
        await client.workflow.start<ParkedEventWorkflow>('parkedEvent', {
          workflowId: parkedEventWorkflowId(eventId, bodyHash),
          taskQueue,
          args: [{ ...event, eventId, ...packRaw(event.raw) }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          memo: parkedMemo(event),
          staticSummary: `${event.reason}: ${event.detail}`.slice(0, 200),
          typedSearchAttributes: [{ key: searchAttributes.attention, value: [`PARKED_${event.reason}`] }],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
